import type {Outcome, Prompt, RunEvent} from '../../runbooks/events.ts'
import type {HostView} from '../../runbooks/host-states.ts'
import type {Ops} from '../../runbooks/ops.ts'
import type {Plan} from '../../runbooks/plan.ts'
import type {StepState} from '../../runbooks/state.ts'

/** What a fake command does: its standard output, or more. A string is its standard output, with exit code 0. */
export type FakeResult = string | {readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number}

/** How a command was called. */
export interface FakeCall {
  /** Id of the step; `facts` while the facts are read, `check` while the plan is made. */
  readonly step: string
  readonly input: string | undefined
  readonly env: Readonly<Record<string, string>>
}

/** What a test gives to a runbook instead of the world. Everything may be left out. */
export interface TestRunOptions {
  /** Parameters as a person gives them: text or values, checked by the runbook's own schema. */
  readonly params?: Readonly<Record<string, unknown>>
  /** Facts to plan with; left out, the runbook reads them itself, with the fake `$` and `ops`. */
  readonly facts?: unknown
  /**
   * Carries a command out. Gets it as bash would, values quoted. Left out, or when it returns nothing, every command
   * succeeds without output. Throwing fails the command.
   */
  readonly exec?: (
    command: string,
    call: FakeCall,
  ) => FakeResult | undefined | void | Promise<FakeResult | undefined | void>
  /**
   * Answers by step id (`start`: the question before the first step), or a function of the question. What is not
   * answered here is answered with yes, the text to type, or done.
   */
  readonly answers?: Readonly<Record<string, string>> | ((prompt: Prompt) => string | undefined)
  /** The parts of `ops` that the runbook uses. Using any other part fails, and says which. */
  readonly ops?: {readonly [Key in keyof Ops]?: unknown}
  /** Hosts that an earlier run did, by the id given to `hosts`: as with `--retry`, they are left alone. */
  readonly doneBefore?: Readonly<Record<string, readonly string[]>>
  /** Name of the environment. Default `test`. */
  readonly environment?: string
  readonly reason?: string
  /** Print the commands instead of carrying them out, as `--dry-run` does. */
  readonly dryRun?: boolean
  /** What happens when a step fails. Default `undo`; a runbook's own `onFailure` stands before it. */
  readonly onFailure?: 'undo' | 'leave'
  /** Longest that a step may take, its verification included: no test should wait for the real time limits. Default 5s. */
  readonly timeout?: string
}

/** What became of a run in a test. */
export interface TestRun {
  readonly outcome: Outcome
  readonly reason: string
  readonly plan: Plan
  /** Every command of the steps, literally, in order. Those of facts and of checks while planning are not among them. */
  readonly commands: readonly string[]
  /** The journal, as `--json` would print it. */
  readonly events: readonly RunEvent[]
  /** Lines of `log`, and what the commands printed. */
  readonly log: readonly string[]
  /** Values that steps kept with `save`. */
  readonly saved: Readonly<Record<string, unknown>>
  /** How each step ended, by id. */
  readonly steps: Readonly<Record<string, StepState>>
  /** Each host of the steps that `hosts` made, in their order. */
  readonly hosts: readonly (Pick<HostView, 'host' | 'state' | 'reason'> & {readonly step: string})[]
  /** Ids of the steps that were taken back, in the order in which that happened. */
  readonly undone: readonly string[]
  /** Questions that were asked. */
  readonly asked: readonly Prompt[]
  /** Lines for the person at the end of the run. */
  readonly afterwards: readonly string[]
}
