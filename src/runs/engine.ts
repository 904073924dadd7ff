import type {Consent} from '../admission/change.ts'
import type {OutputLine, RunEvent} from '../runbooks/events.ts'
import type {Plan} from '../runbooks/plan.ts'
import type {LockHolder, Progress} from '../runbooks/ports.ts'
import type {RunReport} from '../runbooks/report.ts'
import type {RunbookRow, RunRow} from '../runbooks/rows.ts'
import type {RunState} from '../runbooks/state.ts'
import type {JournalVerdict} from './journal-check.ts'
import type {OutputPages} from './ports.ts'

/** What every window sees of runs: the console, the command line and CI look at the same. */
export interface EngineView {
  runbooks(): Promise<readonly RunbookRow[]>
  /** Reads the facts, freezes a plan and keeps it for a day, so that exactly it can be started. */
  plan(request: PlanRequest, signal: AbortSignal): Promise<Plan>
  /** A plan that was kept. Raises `run/unknown`. */
  keptPlan(id: string): Plan
  state(run: string): RunView
  list(limit?: number): readonly RunRow[]
  /** How many are kept, of all environments. */
  total(): number
  /** Everything a run says, from the start, in order; ends when the run has ended. */
  follow(run: string, signal: AbortSignal): AsyncIterable<Feed>
  /** What is left after a run, for people and as data; also of one that has not ended. */
  report(run: string): Promise<{readonly markdown: string; readonly report: RunReport}>
  output(run: string, last: number): {readonly lines: readonly OutputLine[]; readonly total: number}
  /** The same output, read around any place in it. */
  pages(run: string): OutputPages
  progress(run: string): Progress | undefined
  /** Compares its journal with what the audit trail kept of it. Reads both files. */
  compareJournal(run: string): JournalVerdict
  locks(): Promise<LockList>
}

/** What every window can do with runs. The gate is asked first, and its refusal is raised. */
export interface Engine extends EngineView {
  /** Starts a kept plan in a runner of its own; resolves with the run's id once its first record is durable. */
  start(request: StartRequest): Promise<string>
  /** Takes up a run whose runner died; rejects with the reason why it may not go on. */
  resume(request: ResumeRequest): Promise<void>
  answer(run: string, prompt: string, answer: string, reason: string, via: 'console' | 'command'): Promise<void>
  /** Tells the step that runs what a person decided. Raises `run/refused` for what it does not take. */
  decide(run: string, given: Decided): Promise<void>
  /** Approves the plan of a run that waits or is suspended. Raises `run/refused` for the person who started it. */
  approve(run: string, reason: string, plan?: string): Promise<void>
  abort(run: string, reason: string, via: 'console' | 'command'): Promise<void>
  /** Takes a lock away from whoever holds it, locally and among hosts. Raises `lock/unknown`. */
  releaseLock(lock: string, reason: string, consent: Consent): Promise<ReleasedLock>
}

/** What a person decided of the step that runs. */
export interface Decided {
  readonly step: string
  readonly choice: string
  readonly reason: string
  readonly via: 'console' | 'command'
}

export interface LockList {
  readonly locks: readonly LockHolder[]
  /** Why the shared locks are not among them. */
  readonly problem: string | undefined
}

export interface ReleasedLock {
  readonly holder: LockHolder
  /** Why it may still be held among hosts. */
  readonly problem: string | undefined
}

export type Feed =
  | {readonly event: RunEvent; readonly line?: never}
  | {readonly line: OutputLine; readonly event?: never}

/** A run's state, and whether its runner is still there. */
export interface RunView extends RunState {
  /** Its runner is gone though it has not ended: its step in flight is unknown. */
  readonly lost: boolean
  /** What is known of commands that had begun when the runner died. */
  readonly inFlight: readonly string[]
}

export interface PlanRequest {
  readonly runbook: string
  readonly environment: string | undefined
  /** Text values by parameter name. */
  readonly params: Readonly<Record<string, unknown>>
  /** A run that has ended: only hosts that it failed on or did not start. */
  readonly retry?: string | undefined
}

export interface StartRequest {
  /** Id of the kept plan, which becomes the run's id. */
  readonly plan: string
  readonly reason: string
  readonly dryRun: boolean
  /** Plain questions are answered yes beforehand. */
  readonly yes: boolean
  /** Texts given for typed questions. */
  readonly typed: readonly string[]
  readonly via: 'flag' | 'console'
  /** The start itself was confirmed by whoever asks for it. */
  readonly started: boolean
  readonly lockWaitMs: number
  /** Nobody is at hand to wait with: a run that needs an approval is suspended. */
  readonly unattended: boolean
  /** Reason for going on without the approval that the policy wants. */
  readonly breakGlass?: string
  /** Reason for going on with locks of this host only, should the shared ones be out of reach. */
  readonly localLock?: string
  /** Values of parameters marked secret; handed to the runner over a pipe, never stored. */
  readonly secrets?: Readonly<Record<string, string>>
}

export interface ResumeRequest {
  readonly run: string
  /** Reason for going on with a changed runbook; undefined: refuse. */
  readonly override: string | undefined
  /** Reason for continuing although its journal is not what the audit trail says; undefined: refuse. */
  readonly acceptJournal?: string
  /** As for a start. */
  readonly localLock?: string
  /** Only to undo what it did and end it, for this reason. */
  readonly abandon?: string
  /** Nobody is here to settle an unknown step: leave the run as it is. */
  readonly unattended: boolean
  readonly secrets?: Readonly<Record<string, string>>
}
