import {messageOf} from '../errors.ts'
import {type DueSlot, dueSlots} from '../releases/kept.ts'
import type {Memory} from '../kinds/memory.ts'
import {callProgram} from './call-program.ts'
import type {RunsContext} from './context.ts'

/** What an agent does by itself, because a run said beforehand that it would be done. */
export interface Caretaker {
  /** Begins what is due, each as a run of its own; what was begun or could not be, for people. */
  tend(): Promise<readonly Tended[]>
}

export interface Tended {
  readonly begun: boolean
  readonly message: string
}

/** What was refused once, by the policy or by somebody's lock, is tried again after this. */
const AGAIN_MS = 600_000

export function openCaretaker(context: RunsContext & {readonly memory: Memory}): Caretaker {
  const tried = new Map<string, number>()
  const end = async ({environment, release, slot, reason}: DueSlot): Promise<Tended> => {
    // The deploy was confirmed with this in its plan. Gate, locks and trail are those of any run.
    const consent = ['--yes', '--confirm', environment, '--reason', reason, '--detach']
    const args = ['run', 'end-old-slot', '-p', `release=${release}`, '--env', environment, ...consent]
    try {
      const {run} = await callProgram<{run: string}>(context, args)
      return {begun: true, message: `run ${run} ends ${slot} of ${release}: ${reason}`}
    } catch (error) {
      return {begun: false, message: `${slot} of ${release} is not ended yet: ${messageOf(error)}`}
    }
  }
  return {
    async tend() {
      const now = context.clock.monotonic()
      const due = dueSlots(context.config().releases, context.memory, context.clock.now()).filter(
        ({environment, release}) => {
          const key = `${environment}/${release}`
          if (now - (tried.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return false
          tried.set(key, now)
          return true
        },
      )
      const told: Tended[] = []
      for (const slot of due) told.push(await end(slot))
      return told
    },
  }
}
