import type {AuditLog} from '../audit/record.ts'
import type {OpsError} from '../errors.ts'
import type {ProcessIdentity} from '../processes/identity.ts'
import type {AskTools} from './ask.ts'
import type {GuardContext, Runbook, Step, StepContext} from './define.ts'
import type {AnswerQueue} from './answer-queue.ts'
import type {Outcome} from './events.ts'
import type {Frozen} from './freeze.ts'
import type {PlannedStep} from './plan.ts'
import type {LockStore, RunRequest, SharedLocks} from './ports.ts'

/** What the engine needs for one run. Everything that touches the world comes in here. */
export interface ExecuteTools extends Omit<AskTools, 'signal' | 'request'> {
  readonly request: RunRequest
  readonly runbook: Runbook
  /** Freezes the plan anew, from the world as it is now. */
  readonly refreeze: (signal: AbortSignal) => Promise<Frozen>
  readonly locks: LockStore
  /** Locks that other hosts respect; left out when none are configured. */
  readonly shared?: SharedLocks | undefined
  readonly context: (
    step: Step,
    planned: PlannedStep,
    options: {readonly signal: AbortSignal; readonly fence: number; readonly phase: 'run' | 'undo' | 'check'},
  ) => StepContext
  /** A context that touches nothing and tells what would be run, for the question of an assisted step. */
  readonly preview: (
    step: Step,
    options: {readonly signal: AbortSignal; readonly fence: number; readonly tell: (command: string) => void},
  ) => StepContext
  /** What a guard looks with: it only reads, and nothing of it is recorded. */
  readonly guardContext: (signal: AbortSignal) => GuardContext
  /** Why the step, or the run as a whole, may not begin; it is in the trail then. Undefined: it may. Undoing is not asked. */
  readonly whyNotAdmitted: (step?: PlannedStep) => Promise<string | undefined>
  /** Stops the run, for a reason of its own. */
  readonly halt: (reason: OpsError) => void
  readonly process: ProcessIdentity
  /** Aborted when a person or a signal stops the run. */
  readonly abort: AbortSignal
  readonly answers: AnswerQueue
  readonly audit: AuditLog
  /** Processes of the step that left its group and still run. */
  readonly orphans: (key: string) => readonly string[]
}

export interface Ended {
  readonly outcome: Outcome
  readonly reason: string
}

/** What a question of this run is asked with. */
export const asking = (tools: ExecuteTools): AskTools => ({...tools, signal: tools.abort})
