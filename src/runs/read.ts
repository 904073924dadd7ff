import {messageOf, OpsError} from '../errors.ts'
import {isAlive, type ProcessIdentity} from '../processes/identity.ts'
import {commandsInFlight, inFlightLines} from '../runbooks/in-flight.ts'
import type {RunRow} from '../runbooks/rows.ts'
import {isOpen} from '../runbooks/host-states.ts'
import {emptyRun, reduceRun, type RunState, type StepView} from '../runbooks/state.ts'
import type {RunsContext} from './context.ts'
import {damagedRow} from './damaged-row.ts'
import {diskTrouble} from './disk.ts'
import type {Engine, Feed, RunView} from './engine.ts'
import {STARTED_WITHIN_MS} from './launch.ts'
import type {StoredRun} from './ports.ts'
import {runRow} from './run-row.ts'

interface Cached {
  state: RunState
  process: ProcessIdentity | undefined
  end: number
  outputEnd: number
  lines: Feed['line'][]
  total: number
}

/** At most this many output lines of a run are kept in memory for the screen. */
const LINES_KEPT = 5000
const ROWS_SHOWN = 50

export interface RunReader {
  readonly view: Engine['state']
  readonly rows: Engine['list']
  readonly output: Engine['output']
  /** Whether a run that has ended, or is suspended, has left all that it leaves: its report is there, or its runner is gone. */
  readonly isDone: (run: string) => boolean
}

/** Reads runs incrementally: a journal of which nothing new came costs one fstat. */
export function createReader(context: Pick<RunsContext, 'clock' | 'runs' | 'stateDir'>): RunReader {
  const cache = new Map<string, Cached>()
  const get = (stored: StoredRun): Cached => {
    const cached = cache.get(stored.id) ?? {
      state: emptyRun(stored.id),
      process: undefined,
      end: 0,
      outputEnd: 0,
      lines: [],
      total: 0,
    }
    if (cached.end === 0) stored.request()
    const {events, end} = stored.events(cached.end)
    for (const event of events) {
      cached.state = reduceRun(cached.state, event)
      if (event.type === 'run-started' || event.type === 'run-resumed') cached.process = event.process
    }
    cached.end = end
    cache.set(stored.id, cached)
    return cached
  }
  const view = (run: string): RunView => {
    const stored = context.runs().run(run)
    const {state, process} = get(stored)
    if (process === undefined) return notBegun(stored, context.clock.now())
    const lost = state.outcome === undefined && state.suspended !== true && !isAlive(process)
    return lost ? lostView(stored, state, context.stateDir) : {...state, lost, inFlight: []}
  }
  /** A run that has ended is not looked at again: a list of thousands is read each second. */
  const ended = new Map<string, RunRow>()
  /** Undefined: its directory is there, its request is not. Nothing was asked yet. */
  const row = (run: string): RunRow | undefined => {
    const known = ended.get(run)
    if (known) return known
    const isOpened = cache.has(run)
    try {
      const seen = view(run)
      const made = runRow(seen)
      if (seen.outcome === undefined) return made
      ended.set(run, made)
      // Its plan and steps are for whoever opens it.
      if (!isOpened) cache.delete(run)
      return made
    } catch (error) {
      return error instanceof OpsError && error.code === 'run/unknown'
        ? undefined
        : damagedRow(context.runs().run(run), messageOf(error))
    }
  }
  const isDone = (run: string): boolean => {
    const stored = context.runs().run(run)
    const {state, process} = get(stored)
    if (state.outcome === undefined && state.suspended !== true) return false
    return stored.hasReport() || process === undefined || !isAlive(process)
  }
  return {
    view,
    isDone,
    rows: (limit = ROWS_SHOWN) =>
      context
        .runs()
        .ids()
        .slice(-limit)
        .toReversed()
        .flatMap(run => row(run) ?? []),
    output: (run, last) => {
      const stored = context.runs().run(run)
      const cached = get(stored)
      const {lines, end} = stored.output(cached.outputEnd)
      cached.outputEnd = end
      cached.total += lines.length
      cached.lines.push(...lines)
      if (cached.lines.length > LINES_KEPT) cached.lines = cached.lines.slice(-LINES_KEPT)
      return {lines: cached.lines.slice(-last).filter(line => line !== undefined), total: cached.total}
    },
  }
}

/** It was asked for, and its runner has written nothing: it is about to begin, or its runner died before that. */
function notBegun(stored: StoredRun, now: number): RunView {
  const {plan, actor, reason, dryRun} = stored.request()
  const at = stored.requestedAt()
  const process = {pid: 0, startTicks: 0, bootId: ''}
  const state = reduceRun(emptyRun(stored.id), {
    v: 1,
    seq: 0,
    at,
    run: stored.id,
    type: 'run-started',
    plan,
    actor,
    reason,
    dryRun,
    process,
  })
  const lost = now - at > STARTED_WITHIN_MS
  return {...state, lost, inFlight: [], endReason: lost ? 'its runner died before it started; nothing was touched' : ''}
}

const lostHosts = ({hosts}: StepView): Pick<StepView, 'hosts'> =>
  hosts ? {hosts: hosts.map(view => (isOpen(view) ? {...view, state: 'unknown'} : view))} : {}

/** The runner died: what it was doing is unknown, never guessed. */
function lostView(stored: StoredRun, state: RunState, stateDir: string): RunView {
  return {
    ...state,
    steps: state.steps.map(step =>
      step.state === 'running' || step.state === 'undoing'
        ? {
            ...step,
            ...lostHosts(step),
            state: 'unknown',
            reason: 'its runner is gone; nobody knows whether it happened',
          }
        : step,
    ),
    lost: true,
    // What ended the runner may well end the next one too.
    endReason: diskTrouble(stateDir) ?? state.endReason,
    inFlight: inFlightLines(commandsInFlight(stored.events().events, stored.spool)),
  }
}
