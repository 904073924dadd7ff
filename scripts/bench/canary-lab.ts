import {statSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {createChance} from '../../src/releases/analysis/chance.ts'
import type {Look} from '../../src/releases/analysis/evidence.ts'
import {openHaproxy} from '../../src/releases/traffic/haproxy/haproxy.ts'
import type {HaproxySpec} from '../../src/releases/traffic/haproxy/schema.ts'
import type {TrafficState} from '../../src/releases/traffic/traffic-driver.ts'
import {runFiles} from '../../src/store/runs/directory.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program} from '../../test/program/program.ts'
import {type Answer, startLoad} from '../../test/servers/load.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {BASE, type CanaryCase, type Fault, SLOW_MS, weatherOf} from './canary-cases.ts'

/** How one ended. Times are of the wall clock, which journal and load share. */
export interface CanaryEnd {
  readonly code: number | undefined
  /** Of the last stage that was compared to its end; undefined: none was. */
  readonly verdict: string | undefined
  readonly reason: string
  /** From the fault to weight 0; undefined where nothing was taken back, or there was no fault. */
  readonly zeroMs: number | undefined
  /** Answers of the new version that were bad or slow, from the fault to weight 0. */
  readonly bad: number
  /** Of users, to the new version, in all. */
  readonly requests: number
  readonly comparedMs: number
  /** What came between two looks of ours at the load balancer, four a second. */
  readonly recorded: readonly RecordedLook[]
}

export interface RecordedLook {
  readonly ms: number
  readonly look: Look
}

const LOOK_MS = 250
/** Later than this after weight 0 nothing of the new version is on its way any more. */
const ON_ITS_WAY_MS = 100
const VERSION = '2.0.0'
const ADDRESS = /^green-/

/** The program, its runbook `canary`, its own HAProxy, instances and users: one canary from its start to its end. */
export async function runCanary(each: CanaryCase, rps: number, stopped: AbortSignal): Promise<CanaryEnd> {
  const lab = await startSlots({canary: {stages: each.stages, stageTime: each.stageTime}})
  const {environment: _, ...entry} = lab.entry as {environment: string}
  const config = {project: 'bench', environments: [{name: 'test'}], releases: [{...entry, environment: 'test'}]}
  const program = createProgram({config: JSON.stringify(config)})
  try {
    return await watched({each, rps, lab, program, stopped})
  } finally {
    program.remove()
    await lab.stop()
  }
}

interface Tools {
  readonly each: CanaryCase
  readonly rps: number
  readonly lab: SlotsLab
  readonly program: Program
  readonly stopped: AbortSignal
}

async function watched({each, rps, lab, program, stopped}: Tools): Promise<CanaryEnd> {
  const traffic = openHaproxy(lab.config.traffic as HaproxySpec)
  const state = (): Promise<TrafficState> => traffic.state(AbortSignal.any([stopped, AbortSignal.timeout(10_000)]))
  const world = worldOf(each)
  for (const nth of [1, 2]) {
    lab.behaviours.set(`1.0.0@blue-${nth}`, world.behaviour(`blue-${nth}`))
    lab.behaviours.set(`${VERSION}@green-${nth}`, world.behaviour(`green-${nth}`))
    await lab.begin(`blue-${nth}`, '1.0.0')
  }
  while (![...(await state()).servers.values()].every(one => one.placement === 'off' || one.fresh)) await sleep(100)
  const seen = newSeen((each.fault?.slow ?? 0) > 0)
  const load = startLoad(lab.url, {rps: () => rps * world.traffic(), slowShare: 0.02, slowMs: 100, heard: seen.add})
  let runner: number | undefined
  try {
    const started = await program.run('run', 'canary', '-p', `version=${VERSION}`, '--yes', '--detach', '--json')
    if (started.code !== 0) throw new Error(started.stdout + started.stderr)
    const {run} = JSON.parse(started.stdout) as {run: string}
    const {journal} = runFiles(program.stateDir, run)
    const [first] = readEvents(journal).events
    runner = first?.type === 'run-started' ? first.process.pid : undefined
    // A clean one that has passed its last share is only watched from there on: that is another story, and as long.
    const last = each.fault === undefined ? `stage ${each.stages.filter(percent => percent < 100).at(-1)}` : undefined
    const end = async (): Promise<void> => void (await program.run('runs', 'abort', run, '--reason', 'it has passed'))
    const recorded = await record({state, world, isOver: overAt(journal, last, end), stopped})
    runner = undefined
    return {...endOf(journal, world.faultAt(), seen), comparedMs: recorded.at(-1)?.ms ?? 0, recorded}
  } finally {
    if (runner !== undefined) process.kill(runner, 'SIGKILL')
    await load.stop()
  }
}

/** What the journal says of its end, and what users got until then. `faultAt`: `share` when it began with the first share. */
function endOf(journal: string, faultAt: number | 'share' | undefined, seen: ReturnType<typeof newSeen>) {
  const {events} = readEvents(journal)
  const ended = events.find(event => event.type === 'run-ended')
  const stage = events.findLast(event => event.type === 'saved' && event.key.startsWith('stage '))
  const {verdict, reason} = (stage?.type === 'saved' ? stage.value : {}) as {verdict?: string; reason?: string}
  const command = (words: string, since: number) =>
    events.filter(event => event.type === 'command-started').find(({at, text}) => at >= since && text.includes(words))
  const began = faultAt === 'share' ? command('green-1 state ready', 0)?.at : faultAt
  const back = began === undefined ? undefined : command('green-1 state drain', began)
  const zero = events.find(event => event.type === 'command-finished' && event.command === back?.command)?.at
  return {
    code: ended?.exitCode,
    verdict,
    reason: [
      ...(verdict === undefined ? [] : [`${verdict}: ${reason}`]),
      ...(verdict === 'pass' ? [] : [ended?.reason ?? '']),
    ].join(' · '),
    zeroMs: began === undefined || zero === undefined ? undefined : zero - began,
    bad: began === undefined ? 0 : seen.bad(began, (zero ?? Date.now()) + ON_ITS_WAY_MS),
    requests: seen.requests(),
  }
}

/** Whether a run has ended; its journal is read only when it has grown. `end` is called when the last stage has passed. */
function overAt(journal: string, last: string | undefined, end: () => Promise<void>): () => boolean {
  let [size, over, isEnding] = [0, false, false]
  return () => {
    const now = statSync(journal).size
    if (now === size) return over
    size = now
    const {events} = readEvents(journal)
    over = events.some(({type}) => type === 'run-ended')
    const stage = events.find(event => event.type === 'saved' && event.key === last)
    const hasPassed = stage?.type === 'saved' && (stage.value as {verdict?: string}).verdict === 'pass'
    if (hasPassed && !isEnding) void end().catch(() => undefined)
    isEnding ||= hasPassed
    return over
  }
}

/** How the instances behave, and when the new version got its share and its fault began. */
function worldOf(each: CanaryCase) {
  const chance = createChance(each.seed)
  const weather = weatherOf(each)
  const start = Date.now()
  let [shareAt, began]: [number | undefined, number | undefined] = [undefined, undefined]
  const {fault} = each
  const delay = fault === undefined ? 0 : fault.afterMs[0] + chance.uniform() * (fault.afterMs[1] - fault.afterMs[0])
  const now = (instance: string): Fault | undefined => {
    if (fault === undefined || !ADDRESS.test(instance)) return undefined
    // From its first request on.
    if (delay === 0) return fault
    if (shareAt === undefined || Date.now() < shareAt + delay) return undefined
    began ??= Date.now()
    return fault
  }
  return {
    traffic: () => weather.traffic(Date.now() - start),
    behaviour: (instance: string) => ({
      health: 200,
      smoke: 200,
      /** Asked once for each answer to a user. */
      get errors(): number {
        const base = weather.base(instance, Date.now() - start)
        const errors = now(instance)?.errors ?? BASE
        return chance.uniform() < (errors === BASE ? base : errors) ? 1 : 0
      },
      get delayMs(): number {
        return chance.uniform() < (now(instance)?.slow ?? 0) ? SLOW_MS : 0
      },
    }),
    shared: (): void => void (shareAt ??= Date.now()),
    faultAt: (): number | 'share' | undefined => (fault !== undefined && delay === 0 ? 'share' : began),
  }
}

interface Recording {
  readonly state: () => Promise<TrafficState>
  readonly world: ReturnType<typeof worldOf>
  readonly isOver: () => boolean
  readonly stopped: AbortSignal
}

/** Until the run is over; what each side answered while both had a share. */
async function record({state, world, isOver, stopped}: Recording): Promise<readonly RecordedLook[]> {
  const recorded: RecordedLook[] = []
  let before: TrafficState | undefined
  let from: number | undefined
  while (!isOver()) {
    // On a machine on which others work a look of ours may come too late; that of the run counts.
    const now = await state().catch(() => undefined)
    stopped.throwIfAborted()
    if (now === undefined) continue
    const both = ['blue-1', 'green-1'].every(name => now.servers.get(name)?.placement === 'serving')
    if (both) world.shared()
    if (both) from ??= performance.now()
    if (both && before !== undefined && from !== undefined)
      recorded.push({ms: Math.round(performance.now() - from), look: between(before, now)})
    before = both ? now : undefined
    await sleep(LOOK_MS, undefined, {signal: stopped})
  }
  return recorded
}

function between(before: TrafficState, now: TrafficState): Look {
  const since = (slot: string, of: 'responses' | 'errors'): number =>
    [1, 2].reduce(
      (sum, nth) =>
        sum + (now.servers.get(`${slot}-${nth}`)?.[of] ?? 0) - (before.servers.get(`${slot}-${nth}`)?.[of] ?? 0),
      0,
    )
  const side = (slot: string) => ({requests: since(slot, 'responses'), bad: since(slot, 'errors')})
  return {canary: side('green'), stable: side('blue')}
}

/** What users got of the new version; of what came late only where that is the fault: here others work on the machine, too. */
function newSeen(countsSlow: boolean) {
  const badAt: number[] = []
  let count = 0
  return {
    add: ({version, status, ms}: Answer): void => {
      if (version !== VERSION) return
      count += 1
      if (status >= 500 || (countsSlow && ms >= SLOW_MS)) badAt.push(Date.now())
    },
    requests: () => count,
    bad: (from: number, to: number): number => badAt.filter(at => at >= from && at <= to).length,
  }
}
