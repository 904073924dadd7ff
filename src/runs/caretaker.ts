import {messageOf} from '../errors.ts'
import type {Memory} from '../kinds/memory.ts'
import type {Records} from '../kinds/records.ts'
import {type CallContext, callProgram} from './call-program.ts'
import type {RunsContext} from './context.ts'

/** What an agent does by itself, because a run said beforehand that it would be done. */
export interface Caretaker {
  /** Begins what is due, each as a run of its own; what was begun or could not be, for people. Ends with the signal. */
  tend(signal: AbortSignal): Promise<readonly Tended[]>
}

export interface Tended {
  readonly begun: boolean
  readonly message: string
}

/** One of them, as the run that does it. */
interface Due {
  readonly key: string
  /** Runbook and parameters. */
  readonly args: readonly string[]
  readonly environment: string
  /** For the audit trail. */
  readonly reason: string
  /** For people: `ends blue of web`, `blue of web is not ended yet`. */
  readonly does: string
  readonly failed: string
  /** What was refused or failed is tried again after this, then after twice that, and so on: each try may be a run. */
  readonly againMs: number
  readonly longestAgainMs: number
}

const HOUR_MS = 3_600_000
/** Longest wait for one run to begin: its plan reads the release. */
const BEGUN_WITHIN_MS = 120_000

type CaretakerContext = CallContext & Pick<RunsContext, 'clock'> & {readonly memory: Memory; readonly records: Records}

export function openCaretaker(context: CaretakerContext): Caretaker {
  const next = new Map<string, {readonly at: number; readonly waitMs: number}>()
  const isNow = ({key, againMs, longestAgainMs}: Due, now: number): boolean => {
    const known = next.get(key)
    if (known !== undefined && now < known.at) return false
    const waitMs = Math.min(longestAgainMs, known === undefined ? againMs : 2 * known.waitMs)
    next.set(key, {at: now + waitMs, waitMs})
    return true
  }
  const begin = async ({args, environment, reason, does, failed}: Due, signal: AbortSignal): Promise<Tended> => {
    // What it ends was confirmed with this in its plan. Gate, locks and trail are those of any run.
    const consent = ['--yes', '--confirm', environment, '--reason', reason, '--detach']
    try {
      const {run} = await callProgram<{run: string}>(context, ['run', ...args, '--env', environment, ...consent], {
        signal: AbortSignal.any([signal, AbortSignal.timeout(BEGUN_WITHIN_MS)]),
      })
      return {begun: true, message: `run ${run} ${does}: ${reason}`}
    } catch (error) {
      return {begun: false, message: `${failed}: ${messageOf(error)}`}
    }
  }
  return {
    async tend(signal) {
      const now = context.clock.monotonic()
      const due = [...(await controlsDue(context)), ...(await slotsDue(context))].filter(one => isNow(one, now))
      const told: Tended[] = []
      for (const one of due) if (!signal.aborted) told.push(await begin(one, signal))
      return told
    },
  }
}

const slotsDue = async ({config, memory, clock}: CaretakerContext): Promise<readonly Due[]> =>
  (await import('../releases/kept.ts'))
    .dueSlots(config().releases, memory, clock.now())
    .map(({environment, release, slot, reason}) => ({
      key: `slot/${environment}/${release}`,
      args: ['end-old-slot', '-p', `release=${release}`],
      environment,
      reason,
      does: `ends ${slot} of ${release}`,
      failed: `${slot} of ${release} is not ended yet`,
      againMs: HOUR_MS / 6,
      longestAgainMs: 6 * HOUR_MS,
    }))

/** Users wait for this one: it is tried again soon, and often. One that was put on again later is another one. */
const controlsDue = async ({config, records, clock}: CaretakerContext): Promise<readonly Due[]> =>
  (await import('../releases/controls/record.ts'))
    .dueControls(config().releases, records, clock.now())
    .map(({environment, release, id, run}) => ({
      key: `control/${environment}/${release}/${id}/${run}`,
      args: ['end-traffic-control', '-p', `release=${release}`, '-p', `control=${id}`],
      environment,
      reason: `its time is over: run ${run} put it on`,
      does: `takes ${id} off ${release}`,
      failed: `${id} of ${release} is not taken off yet`,
      againMs: 15_000,
      longestAgainMs: HOUR_MS / 12,
    }))
