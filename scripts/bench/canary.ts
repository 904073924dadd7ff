/**
 * From a fault to weight 0, and what users got until then: our program with its runbook `canary`, trail and journal and all,
 * and beside it controllers as the usual ones are, which poll a Prometheus (`polling-controllers.ts`). Same HAProxy, same
 * application, same load, one after the other in one run. Faults begin at a random moment after the share was given.
 * Each level of traffic is REQUESTS A SECOND/SHARE IN PERCENT. Every round is printed as it ends; a run takes what it says first.
 * usage: node scripts/bench/canary.ts [--rounds N] [--controllers N] [--levels 200/5,1000/25] [--faults 100,20] [--prometheus FILE] [--json]
 */
import {loadavg} from 'node:os'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {forgetfulMemory} from '../../src/kinds/memory.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import {openHaproxy} from '../../src/releases/traffic/haproxy/haproxy.ts'
import type {HaproxySpec} from '../../src/releases/traffic/haproxy/schema.ts'
import {runFiles} from '../../src/store/runs/directory.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program} from '../../test/program/program.ts'
import {startLoad} from '../../test/servers/load.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {type PollingControllers, SCRAPE_MS, startPollingControllers, WINDOW_MS} from './polling-controllers.ts'
import {median} from './watch-console.ts'

const option = (usual: string) => ({type: 'string', default: usual}) as const
const {values} = parseArgs({
  options: {
    rounds: option('5'),
    controllers: option('4'),
    levels: option('200/5,1000/25'),
    faults: option('100,20'),
    prometheus: option('prometheus'),
    json: {type: 'boolean', default: false},
  },
})
const [ROUNDS, CONTROLLERS] = [Number(values.rounds), Number(values.controllers)]
const LEVELS = values.levels.split(',').map(level => {
  const [rps = 0, percent = 0] = level.split('/').map(Number)
  return {rps, percent}
})
const FAULTS = values.faults.split(',').map(percent => Number(percent) / 100)
/** Longest clean time, and how long a round of ours may take at most. */
const CLEAN_MS = [3_000, 5_000] as const
const LONGEST_MS = 180_000

const stopped = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopped.abort(new Error(name)))
const pause = (ms: number): Promise<void> => sleep(ms, undefined, {signal: stopped.signal})

type Level = (typeof LEVELS)[number]

/** Milliseconds after the fault. */
interface Seen {
  /** The last bad answer before the verdict: no earlier one could have told. */
  readonly toldMs: number
  readonly verdictMs: number
  readonly weightZeroMs: number
  readonly badAnswers: number
}
interface Row {
  readonly level: Level
  readonly fault: number
  readonly ours: Seen[]
  readonly polling: Seen[]
}

const createReleaseOps = await loadReleaseOps()
const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)
const [ownS, pollingS] = [15, (WINDOW_MS + 2 * SCRAPE_MS + 35_000) / 1000]
say(`about ${Math.ceil((LEVELS.length * (60 + FAULTS.length * (ROUNDS * ownS + pollingS))) / 60)} minutes`)
const rows: Row[] = []
try {
  for (const level of LEVELS) await measure(level)
} finally {
  report()
}

async function measure(level: Level): Promise<void> {
  const lab = await startSlots({canary: {stages: [level.percent, 100], stageTime: '5m'}, maxSlowdown: 1000})
  const {environment: _, ...entry} = lab.entry as {environment: string}
  const config = {project: 'bench', environments: [{name: 'test'}], releases: [{...entry, environment: 'test'}]}
  const program = createProgram({config: JSON.stringify(config)})
  const controllers = await startPollingControllers(CONTROLLERS, {
    program: values.prometheus,
    target: new URL(lab.url).host,
  })
  try {
    for (const fault of FAULTS) {
      const row: Row = {level, fault, ours: [], polling: []}
      rows.push(row)
      for (let round = 1; round <= ROUNDS; round += 1) {
        const seen = await byOurs({lab, program, level}, `own-${fault}-${round}`, fault)
        row.ours.push(seen)
        say(`${wordsOf(row)}, ours ${round} of ${ROUNDS}: ${JSON.stringify(rounded(seen))}`)
      }
      row.polling.push(...(await byPolling({lab, level, controllers}, `polled-${fault}`, fault)))
      for (const seen of row.polling) say(`${wordsOf(row)}, polling: ${JSON.stringify(rounded(seen))}`)
    }
  } finally {
    await controllers.stop()
    program.remove()
    await lab.stop()
  }
}

/** A version whose fault begins when it is told to, and which knows when it answered badly. */
function faulty(lab: SlotsLab, version: string) {
  const badAt: number[] = []
  let share = 0
  const behaviour = {
    health: 200,
    smoke: 200,
    /** Asked once for each answer. */
    get errors(): number {
      if (Math.random() >= share) return 0
      badAt.push(Date.now())
      return 1
    },
  }
  lab.behaviours.set(version, behaviour)
  return {
    badAt,
    begin(errors: number): number {
      share = errors
      return Date.now()
    },
  }
}

interface Ours {
  readonly lab: SlotsLab
  readonly program: Program
  readonly level: Level
}

async function byOurs({lab, program, level}: Ours, version: string, errors: number): Promise<Seen> {
  const behaviour = faulty(lab, version)
  const load = startLoad(lab.url, {rps: level.rps, slowShare: 0.02, slowMs: 300})
  let runner: number | undefined
  try {
    const started = await program.run('run', 'canary', '-p', `version=${version}`, '--yes', '--detach', '--json')
    if (started.code !== 0) throw new Error(started.stdout + started.stderr)
    const {run} = JSON.parse(started.stdout) as {run: string}
    const {journal} = runFiles(program.stateDir, run)
    const [first] = readEvents(journal).events
    runner = first?.type === 'run-started' ? first.process.pid : undefined
    const traffic = openHaproxy(lab.config.traffic as HaproxySpec)
    await waitFor(`the share of ${version}`, async () => {
      const {servers} = await traffic.state(AbortSignal.timeout(10_000))
      return servers.get('green-1')?.placement === 'serving'
    })
    await pause(CLEAN_MS[0] + Math.random() * (CLEAN_MS[1] - CLEAN_MS[0]))
    const began = behaviour.begin(errors)
    await waitFor(`the end of ${version}`, async () =>
      readEvents(journal).events.some(({type}) => type === 'run-ended'),
    )
    runner = undefined
    const {events} = readEvents(journal)
    const end = events.find(event => event.type === 'run-ended')
    if (end?.outcome !== 'undone') throw new Error(JSON.stringify(end))
    // The verdict comes before the first record of it, by less than one more look.
    const verdict = events.find(
      event => event.at >= began && (event.type === 'guard' || event.type === 'command-started'),
    )
    const back = events.find(
      event => event.at >= began && event.type === 'command-started' && event.text.includes('green-1 state drain'),
    )
    const done = events.find(
      event => back?.type === 'command-started' && event.type === 'command-finished' && event.command === back.command,
    )
    if (verdict === undefined || done === undefined) throw new Error('its journal has no way back')
    const told = behaviour.badAt.findLast(at => at <= verdict.at) ?? began
    return {
      toldMs: told - began,
      verdictMs: verdict.at - began,
      weightZeroMs: done.at - began,
      badAnswers: behaviour.badAt.filter(at => at <= done.at + 100).length,
    }
  } finally {
    if (runner !== undefined) process.kill(runner, 'SIGKILL')
    await load.stop()
  }
}

interface Polled {
  readonly lab: SlotsLab
  readonly level: Level
  readonly controllers: PollingControllers
}

/** All of them watch one fault; the last one to see it takes the traffic back. */
async function byPolling({lab, level, controllers}: Polled, version: string, errors: number): Promise<readonly Seen[]> {
  const behaviour = faulty(lab, version)
  const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(2 * LONGEST_MS)])
  const release = createReleaseOps(lab.config, plainTools({memory: forgetfulMemory(), signal}), '/etc/opsconsole.yaml')
  for (const nth of [1, 2]) await release.start(`green-${nth}`, version)
  await release.waitHealthy('green', version)
  await release.enableChecksAndWait('green')
  const load = startLoad(lab.url, {rps: level.rps, slowShare: 0.02, slowMs: 300})
  try {
    await release.giveShare('green', level.percent)
    // A whole window without the round before, and then any moment between two scrapes.
    await pause(WINDOW_MS + SCRAPE_MS + Math.random() * SCRAPE_MS)
    const began = performance.now()
    behaviour.begin(errors)
    const bad: number[] = []
    const at = await controllers.verdicts(signal, () => bad.push(behaviour.badAt.length))
    await release.takeShareBack('green')
    await release.disableSlot('green')
    // In the order in which they saw it, as the counts are. Its own move is not even counted against it.
    return at
      .map(each => each - began)
      .sort((one, two) => one - two)
      .map((ms, nth) => ({toldMs: ms, verdictMs: ms, weightZeroMs: ms, badAnswers: bad[nth] ?? 0}))
  } finally {
    await load.stop()
  }
}

async function waitFor(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LONGEST_MS
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`waited ${LONGEST_MS} ms for ${what}`)
    await pause(50)
  }
}

function rounded(seen: Seen): Seen {
  return Object.fromEntries(Object.entries(seen).map(([key, value]) => [key, Math.round(value as number)])) as never
}

function wordsOf({level, fault}: Row): string {
  return `${level.rps}/s, ${level.percent} % to the canary, ${fault * 100} % errors`
}

/**
 * What no test can beat that may stop one clean canary in a thousand (Wald): the mean time until so much is known, by whose
 * the bad answers are, where stable has none; and where it is known beforehand that one answer in a thousand is bad.
 */
function leastMs({rps, percent}: Level, fault: number): {readonly unknown: number; readonly known: number} {
  const [canary, share, usual, needed] = [(rps * percent) / 100, percent / 100, 0.001, Math.log(1000)]
  const good = fault === 1 ? 0 : (1 - fault) * Math.log((1 - fault) / (1 - usual))
  const byRequest = fault * Math.log(fault / usual) + good
  const bad = Math.ceil(needed / Math.log(1 / share))
  return {unknown: (1000 * bad) / (canary * fault), known: (1000 * needed) / byRequest / canary}
}

function report(): void {
  if (values.json)
    return void process.stdout.write(`${JSON.stringify({rounds: ROUNDS, rows, load: loadavg()}, undefined, 2)}\n`)
  const list = (seen: readonly Seen[], of: keyof Seen): string => seen.map(one => one[of].toFixed(0)).join(', ')
  const middle = (seen: readonly Seen[], of: keyof Seen): number => median(seen.map(one => one[of]))
  const line = (row: Row): string => {
    const {ours, polling, level, fault} = row
    const times = middle(polling, 'weightZeroMs') / middle(ours, 'weightZeroMs')
    const {unknown, known} = leastMs(level, fault)
    return (
      `| ${wordsOf(row)} | ${list(ours, 'toldMs')} | ${list(ours, 'verdictMs')} | ${list(ours, 'weightZeroMs')} | ${list(ours, 'badAnswers')} | ` +
      `${list(polling, 'weightZeroMs')} | ${list(polling, 'badAnswers')} | **${times.toFixed(1)}** | ${unknown.toFixed(0)}, ${known.toFixed(0)} |`
    )
  }
  process.stdout.write(
    [
      `${ROUNDS} rounds of ours, ${CONTROLLERS} polling controllers, load ${loadavg()[0]?.toFixed(1)}; ms after the fault`,
      '',
      '| traffic and fault | last bad answer before the verdict | verdict | weight 0 | bad answers | polling: weight 0 | bad answers | times faster (medians) | least mean time, base unknown, known |',
      '|---|---|---|---|---|---|---|---|---|',
      ...rows.filter(({ours, polling}) => ours.length > 0 && polling.length > 0).map(line),
      '',
    ].join('\n'),
  )
}
