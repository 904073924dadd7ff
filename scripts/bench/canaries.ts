/**
 * Real canaries, each with its own program, HAProxy, instances and users, some side by side: faulty ones, which must all be
 * taken back, and clean ones, of which none may be. Then the rest of the faulty ones on the counters that were recorded of
 * the clean ones, through the same analysis. Exit code 1 where a faulty one stayed or a clean one was stopped.
 * usage: node scripts/bench/canaries.ts [--faulty N] [--late N] [--clean N] [--clean-time 5m] [--replayed N] [--at-once N]
 *   [--rate N] [--only WORDS] [--seed N] [--record FILE] [--recorded FILE]
 * `--record` keeps what was seen, `--recorded` takes the clean ones of such a file for the counters.
 */
import {readFileSync, writeFileSync} from 'node:fs'
import {loadavg} from 'node:os'
import {parseArgs} from 'node:util'
import {createChance} from '../../src/releases/analysis/chance.ts'
import {forecast} from '../../src/releases/analysis/forecast.ts'
import {DEFAULTS, WORTH} from '../../src/releases/analysis/judge.ts'
import {BASE, type CanaryCase, casesOf, KINDS} from './canary-cases.ts'
import {type CanaryEnd, runCanary} from './canary-lab.ts'
import {replay, type Replayed} from './replayed-canaries.ts'

const option = (usual: string) => ({type: 'string', default: usual}) as const
const {values} = parseArgs({
  options: {
    faulty: option('5'),
    late: option('2'),
    clean: option('10'),
    'clean-time': option('5m'),
    replayed: option('15'),
    'at-once': option('6'),
    rate: option('100'),
    only: option(''),
    seed: option('20261127'),
    record: {type: 'string'},
    recorded: {type: 'string'},
  },
})
const RATE = Number(values.rate)
const TRIES = 4

const stopped = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopped.abort(new Error(name)))
const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)

interface Row {
  readonly each: CanaryCase
  readonly end: CanaryEnd
}

const cases = casesOf({
  faulty: Number(values.faulty),
  late: Number(values.late),
  clean: Number(values.clean),
  cleanTime: values['clean-time'],
  seed: Number(values.seed),
}).filter(({name}) => name.includes(values.only))
const rows: Row[] = []
const broken: string[] = []
for (const {name, fault} of KINDS) say(`${name}: ${saidBeforehand(fault)}`)
await sideBySide(cases, Number(values['at-once']), async each => {
  for (let tried = 1; tried <= TRIES && !stopped.signal.aborted; tried += 1) {
    const end = await runCanary(each, RATE, stopped.signal).catch((error: unknown) => String(error))
    if (typeof end === 'string') {
      say(`${each.name}, seed ${each.seed}: ${end}`)
      if (tried === TRIES) broken.push(`${each.name}, seed ${each.seed}: ${end}`)
      continue
    }
    say(
      `${rows.length + 1} of ${cases.length}, load ${loadavg()[0]?.toFixed(1)}: ${each.name}, seed ${each.seed}: ${wordsOf(end)}`,
    )
    // What got no share was refused before anybody noticed, as where a version did not answer in time: begun anew, like a person does.
    if (end.requests === 0 && tried < TRIES) continue
    rows.push({each, end})
    record()
    return
  }
})
const before =
  values.recorded === undefined ? [] : (JSON.parse(readFileSync(values.recorded, 'utf8')) as readonly Row[])
const clean = [...before, ...rows].filter(({each}) => each.fault === undefined)
process.exitCode = report() ? 0 : 1

/** After each, so that what was measured outlives whatever comes after it. */
function record(): void {
  if (values.record === undefined) return
  const looks = ({each, end}: Row) => (each.fault === undefined ? end.recorded : [])
  writeFileSync(values.record, JSON.stringify(rows.map(row => ({...row, end: {...row.end, recorded: looks(row)}}))))
}

async function sideBySide<T>(all: readonly T[], most: number, run: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (stopped.signal.aborted) return
      await run(next)
    }
  }
  await Promise.all(Array.from({length: most}, work))
}

/** As the product forecasts it, for a fault from the beginning; our own requests are four to each side every 500 ms. */
function saidBeforehand({errors, slow, afterMs}: (typeof KINDS)[number]['fault']): string {
  const usual = {alpha: DEFAULTS.alpha, everyMs: 250, totalMs: 1_200_000}
  const seen =
    slow > 0
      ? forecast({...usual, requestsPerSecond: 16, weight: 0.5, base: 0.001, fault: slow, worth: WORTH.slow})
      : forecast({...usual, requestsPerSecond: RATE, weight: 0.25, base: BASE, fault: errors, worth: WORTH.errors})
  const late = afterMs[0] > 0 ? ', were it there from the beginning' : ''
  return seen === undefined
    ? 'too late'
    : `half within ${secondsOf(seen.halfMs)}, 9 of 10 within ${secondsOf(seen.mostMs)}${late}`
}

function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`
}

function wordsOf({code, zeroMs, bad, requests, reason}: CanaryEnd): string {
  const back = zeroMs === undefined ? '' : `weight 0 after ${secondsOf(zeroMs)}, ${bad} bad answers, `
  return `exit code ${code ?? '–'}, ${back}${requests} requests to the new version; ${reason}`
}

function replayedOf(fault: (typeof KINDS)[number]['fault'], nth: number): readonly Replayed[] {
  const chance = createChance(Number(values.seed) + 1000 + nth)
  const whole = clean.filter(({end}) => end.comparedMs > fault.afterMs[1] + 60_000)
  return Array.from({length: Number(values.replayed)}, (_, at) => whole[at % whole.length])
    .filter(row => row !== undefined)
    .map(({end}) => replay(end.recorded, fault, chance))
}

/** Whether every faulty one was taken back and no clean one was. */
function report(): boolean {
  const middle = (of: readonly number[], share: number): string => {
    const sorted = [...of].sort((one, two) => one - two)
    const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
    return found === undefined ? '–' : String(Math.round(found * 100) / 100)
  }
  let isGood = broken.length === 0 && !stopped.signal.aborted
  const lines = KINDS.filter(({name}) => name.includes(values.only)).map(({name, fault}, nth) => {
    const real = rows.filter(({each}) => each.name === name).map(({end}) => end)
    const back = real.filter(({verdict, zeroMs}) => verdict === 'fail' && zeroMs !== undefined)
    const unproven = real.filter(
      ({verdict, zeroMs}) => verdict !== 'fail' && verdict !== 'pass' && zeroMs !== undefined,
    )
    const simulated = replayedOf(fault, nth)
    const found = simulated.filter(({ms}) => ms !== undefined)
    const open = simulated.filter(({verdict}) => verdict === 'inconclusive').length
    if (back.length + unproven.length < real.length || found.length + open < simulated.length) isGood = false
    const times = real.map(({zeroMs}) => (zeroMs === undefined ? '–' : (zeroMs / 1000).toFixed(2))).join(', ')
    const counts = real.map(({bad}) => bad).join(', ')
    const replayedTimes = found.map(({ms = 0}) => ms / 1000)
    return (
      `| ${name} | ${saidBeforehand(fault)} | ${back.length} worse, ${unproven.length} unproven of ${real.length} | ${times} | ${counts} | ` +
      `${found.length} worse, ${open} unproven of ${simulated.length} | ${middle(replayedTimes, 0.5)}, ${middle(replayedTimes, 0.9)} | ${middle(
        found.map(({bad}) => bad),
        0.5,
      )} |`
    )
  })
  const cleanLines = clean.map(({each, end}) => {
    if (end.verdict === 'fail') isGood = false
    const words = end.verdict === 'pass' ? 'passed' : end.verdict === 'fail' ? 'stopped' : 'not proved'
    return `| ${each.name} | ${words} | ${(end.comparedMs / 1000).toFixed(0)} | ${end.requests} | ${end.reason} |`
  })
  process.stdout.write(
    [
      `${RATE} requests a second each, ${BASE * 100} % of bad answers at both, ${values['at-once']} at once; load ${loadavg()[0]?.toFixed(1)}`,
      '',
      '| fault | forecast | real: taken back | weight 0 after s | bad answers | on recorded counters | after s, half and 9 of 10 | bad answers, median |',
      '|---|---|---|---|---|---|---|---|',
      ...lines,
      '',
      '| clean | end | compared s | requests to it | last stage |',
      '|---|---|---|---|---|',
      ...cleanLines,
      ...broken,
      '',
    ].join('\n'),
  )
  return isGood
}
