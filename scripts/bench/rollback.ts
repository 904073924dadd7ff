/**
 * The way back, from the confirming key: a real console in a terminal, the lab's HAProxy, application and load. In each round a
 * version is deployed, then `!` and the typed name of the environment take it back; what users get is asked all the while,
 * each time over a connection of its own.
 * Every other round is confirmed before a process could get ready for it: `--alternate` compares both in one run.
 * usage: node scripts/bench/rollback.ts [--rounds N] [--rps N] [--alternate] [--json]
 */
import {loadavg} from 'node:os'
import {setTimeout as pause} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {processesTagged} from '../../src/processes/stop.ts'
import {listRunIds, runFiles} from '../../src/store/runs/directory.ts'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {type LabProgram, startLabProgram} from '../../test/program/lab-program.ts'
import {until} from '../../test/program/program.ts'
import {openTerminal, type TerminalProgram} from '../../test/program/terminal.ts'
import {median} from './watch-console.ts'

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    rps: {type: 'string', default: '100'},
    alternate: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
  },
})

/** A start that never came is waited for no longer. */
const LONGEST_MS = 120_000

/** One way back, milliseconds after the key that confirmed it. */
interface Round {
  /** A process stood by for the start. */
  readonly ready: boolean
  /** Until the run has its first record: the start; what follows is the run's own. */
  readonly begunMs: number
  readonly trafficMs: number
  readonly greenMs: number
  readonly endMs: number
}

const running = await startLabProgram({rps: Number(values.rps)})
const rounds: Round[] = []
try {
  for (let round = 1; round <= Number(values.rounds); round += 1) rounds.push(await oneRound(running, round))
} finally {
  await running.stop()
}
report(rounds)

async function oneRound(shop: LabProgram, round: number): Promise<Round> {
  const {program, lab} = shop
  const ready = !values.alternate || round % 2 === 0
  const before = await versionNow(lab.urls.web)
  const version = `2.${round}.0`
  const deployed = await shop.unattended('deploy', '-p', `version=${version}`, '-p', 'watch=1s')
  if (deployed.code !== 0) throw new Error(deployed.stdout + deployed.stderr)
  const runs = listRunIds(program.stateDir).length
  const console = openTerminal(program)
  try {
    await console.see('monitoring')
    await console.see('✓ to')
    await openPlan(console)
    console.press('s')
    await console.question('Start rollback?')
    console.type('lab')
    await (ready ? standingBy(program.stateDir) : endStandby(program.stateDir))
    const back = watchVersion(lab.urls.web, before)
    const [pressed, at] = [performance.now(), Date.now()]
    console.press('enter')
    const trafficMs = (await back) - pressed
    const run = await until('the run', () => listRunIds(program.stateDir)[runs], 60_000)
    const {journal} = runFiles(program.stateDir, run)
    await until('the end of the run', () => readRunState(journal, run).outcome !== undefined, 120_000)
    const {events} = readEvents(journal)
    const proved = events.find(event => event.type === 'step-finished' && event.step === 'prove')
    const end = events.find(event => event.type === 'run-ended')
    if (end?.type !== 'run-ended' || end.outcome !== 'done' || !proved) throw new Error(JSON.stringify(end))
    const begunMs = (events[0]?.at ?? at) - at
    return {ready, begunMs, trafficMs, greenMs: proved.at - at, endMs: end.at - at}
  } catch (error) {
    throw new Error(`${String(error)}\n${console.screen()}`, {cause: error})
  } finally {
    await console.stop()
  }
}

function standbys(stateDir: string) {
  return processesTagged('OPSCONSOLE_STATE_DIR', stateDir).filter(({command}) => /--stand-by| runner /.test(command))
}

/** A person reads the question for longer than a process takes to load. */
async function standingBy(stateDir: string): Promise<void> {
  await until('who stands by', () => standbys(stateDir).length >= 2, 60_000)
  await pause(1500)
}

/** As if there were none: the start is the usual one. */
async function endStandby(stateDir: string): Promise<void> {
  await standingBy(stateDir)
  for (const {pid} of standbys(stateDir)) process.kill(pid, 'SIGKILL')
  await until('their end', () => standbys(stateDir).length === 0, 60_000)
}

/** A console that is busy may take a while; its plan is asked for again then. */
async function openPlan(console: TerminalProgram): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    console.press('!')
    try {
      return await console.question('Plan: rollback', 8_000)
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

async function versionNow(url: string): Promise<string> {
  const answer = await fetch(`${url}/health`, {headers: {connection: 'close'}})
  return ((await answer.json()) as {version: string}).version
}

/** When users got this version again: the first of ten answers in a row. A start that never came must not be waited for. */
async function watchVersion(url: string, wanted: string): Promise<number> {
  let first: number | undefined
  const deadline = performance.now() + LONGEST_MS
  for (let inRow = 0; inRow < 10; await pause(5)) {
    const good = (await versionNow(url)) === wanted
    first = good ? (first ?? performance.now()) : undefined
    inRow = good ? inRow + 1 : 0
    if (performance.now() > deadline) throw new Error(`users never got ${wanted} again`)
  }
  return first as number
}

function report(all: readonly Round[]): void {
  if (values.json) return void process.stdout.write(`${JSON.stringify({rounds: all, load: loadavg()})}\n`)
  const groups = values.alternate ? [all.filter(({ready}) => !ready), all.filter(({ready}) => ready)] : [all]
  for (const [at, rounds] of groups.entries())
    table(rounds, values.alternate ? (at === 0 ? ', nobody stood by' : ', a process stood by') : '')
}

function table(all: readonly Round[], how: string): void {
  const line = (what: string, pick: (round: Round) => number): string => {
    const times = all.map(each => Math.round(pick(each)))
    return `| ${what} | ${median(times)} | ${Math.max(...times)} | ${times.join(', ')} |`
  }
  process.stdout.write(
    [
      `${all.length} rounds at ${values.rps} requests a second, load ${loadavg()[0]?.toFixed(1)}${how}`,
      '',
      '| ms from the confirming key to | median | worst | each |',
      '|---|---|---|---|',
      line('the first record of the run', each => each.begunMs),
      line('traffic on the version before', each => each.trafficMs),
      line('all checks green', each => each.greenMs),
      line('the end of the run', each => each.endMs),
      '',
    ].join('\n'),
  )
}
