import {messageOf} from '../errors.ts'
import {type DueSlot, dueSlots} from '../releases/kept.ts'
import type {Memory} from '../kinds/memory.ts'
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

/** What was refused or failed is tried again after this, then after twice that, and so on: each try may be a run. */
const AGAIN_MS = 600_000
const LONGEST_AGAIN_MS = 6 * 3_600_000
/** Longest wait for one run to begin: its plan reads the release. */
const BEGUN_WITHIN_MS = 120_000

export function openCaretaker(
  context: CallContext & Pick<RunsContext, 'clock'> & {readonly memory: Memory},
): Caretaker {
  const next = new Map<string, {readonly at: number; readonly waitMs: number}>()
  const end = async ({environment, release, slot, reason}: DueSlot, signal: AbortSignal): Promise<Tended> => {
    // The deploy was confirmed with this in its plan. Gate, locks and trail are those of any run.
    const consent = ['--yes', '--confirm', environment, '--reason', reason, '--detach']
    const args = ['run', 'end-old-slot', '-p', `release=${release}`, '--env', environment, ...consent]
    try {
      const {run} = await callProgram<{run: string}>(context, args, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(BEGUN_WITHIN_MS)]),
      })
      return {begun: true, message: `run ${run} ends ${slot} of ${release}: ${reason}`}
    } catch (error) {
      return {begun: false, message: `${slot} of ${release} is not ended yet: ${messageOf(error)}`}
    }
  }
  return {
    async tend(signal) {
      const now = context.clock.monotonic()
      const due = dueSlots(context.config().releases, context.memory, context.clock.now()).filter(
        ({environment, release}) => {
          const key = `${environment}/${release}`
          const known = next.get(key)
          if (known !== undefined && now < known.at) return false
          const waitMs = Math.min(LONGEST_AGAIN_MS, known === undefined ? AGAIN_MS : 2 * known.waitMs)
          next.set(key, {at: now + waitMs, waitMs})
          return true
        },
      )
      const told: Tended[] = []
      for (const slot of due) if (!signal.aborted) told.push(await end(slot, signal))
      return told
    },
  }
}
