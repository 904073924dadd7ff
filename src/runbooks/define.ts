import type {z} from 'zod'
import type {Danger} from '../admission/change.ts'
import type {Ops, Verdict} from './ops.ts'
import type {Shell} from '../shell/shell.ts'
import type {HostView} from './host-states.ts'
import type {PlannedHosts} from './planned-hosts.ts'

export type {Danger} from '../admission/change.ts'

/** What a check can say: the step would change something, has nothing to do, or cannot tell beforehand. */
export type Forecast = 'would change' | 'done' | 'cannot know'

/** What a check answers: a forecast, or why the step is not wanted after what the run has found out by then. */
export type CheckAnswer = Forecast | {readonly skip: string}

/** What a step's functions get. */
export interface StepContext {
  /** zx's `$`, recorded, streamed, redacted, abortable, in its own process group; a printer in a dry run. */
  readonly $: Shell
  readonly ops: Ops
  /** One line for the person watching. */
  readonly log: (line: string) => void
  readonly progress: (done: number, total: number, unit?: string) => void
  /** Aborted by a person, by the step's timeout, or by the end of the run. */
  readonly signal: AbortSignal
  /** Run id and step id: the same over attempts and resumes. */
  readonly idempotencyKey: string
  /** Rises with every holder of the run's locks: a target can refuse an older one. */
  readonly fence: number
  readonly run: string
  readonly reason: string
  /** Values that earlier steps of this run saved with `save`; survives a crash. */
  readonly saved: Readonly<Record<string, unknown>>
  /** Keeps a JSON value for later steps and for the report. Durable before it returns. */
  readonly save: (key: string, value: unknown) => void
  /** How far each host of a step over many is. `hosts` keeps it; a step of another kind has none. */
  readonly hostRecord: HostRecord
  /** What a person decided last of this step, one of its `decisions`; undefined: nothing yet. Survives a crash. */
  readonly decided?: () => string | undefined
  /** In an undo: why the run was stopped, when a guard stopped it. */
  readonly stoppedBy?: {readonly guard: string; readonly reason: string}
}

/** Begin and outcome of each host of a step, in the trail and in the journal: a run that is taken up knows them. */
export interface HostRecord {
  /** By the journal; undefined: the step has no such host. */
  readonly viewOf: (host: string) => HostView | undefined
  /** Durable before it returns: the work on the host may begin then. */
  readonly begin: (host: string) => void
  readonly end: (host: string, outcome: 'done' | 'failed' | 'aborted', reason?: string) => void
}

/** A question that must be answered before the step runs. */
export interface Confirm {
  readonly text: string
  /** Exactly what will be touched, one line each. */
  readonly touches?: readonly string[]
  /** Text that must be typed, such as the name of the database. A plain yes is not enough then. */
  readonly type?: string
}

/** Something that a person may decide while a step runs, as its plan shows it. */
export interface Decision {
  /** One word of a command line: `hold`. */
  readonly id: string
  /** On a button: `Hold at 5 %`. */
  readonly title: string
  /** What it leads to, a sentence. */
  readonly consequence: string
}

/** One step. Everything but `id`, `title` and one of `run` or `manual` may be left out. */
export interface Step {
  /** Unique in the plan; part of the idempotency key. */
  readonly id: string
  readonly title: string
  /** Why this step is here, one sentence. */
  readonly why?: string
  /** What it touches, for the plan: `haproxy backend app`, `database shop`. */
  readonly targets?: readonly string[]
  /** What `hosts` sets: the hosts that it does its work on, each of which is recorded by `hostRecord`, and the set's id. */
  readonly hosts?: PlannedHosts
  readonly confirm?: string | Confirm
  /** Whether there is anything to do; `skip` says why not though it is not done. Reads only. Default: cannot know. */
  readonly check?: (context: StepContext) => Promise<CheckAnswer>
  /** How long it will take and by what that is known, for the plan: `about 3m by 7 restores`. Reads only; not part of its hash. */
  readonly estimate?: (context: StepContext) => Promise<string | undefined>
  readonly run?: (context: StepContext) => Promise<void>
  /** Whether the wanted state holds. Retried every second until the step's timeout. */
  readonly verify?: (context: StepContext) => Promise<boolean | Verdict>
  /** Takes the step back. Called in reverse order when a later step fails or the run is aborted. */
  readonly undo?: (context: StepContext) => Promise<void>
  /** Deadline of run and verify together. Default 5m. */
  readonly timeout?: string
  /** Attempts after the first failure, with back-off from 1 s doubling to 30 s. Default 0. */
  readonly retries?: number
  /** Left out of this run when false; the reason is shown. */
  readonly when?: boolean | {readonly ok: boolean; readonly reason: string}
  /** Instructions for a person: the run waits until they say it is done. */
  readonly manual?: string
  /** Program and arguments that need a person's terminal, such as psql or an editor. Runs where the person is. */
  readonly terminal?: readonly string[]
  /**
   * automatic: runs when its turn comes, after its `confirm` if it has one. assisted: shows a person the commands that it
   * would run now, and runs them on yes. For a step that a person does alone, give `manual` and no `run`. Default automatic.
   */
  readonly mode?: 'automatic' | 'assisted'
  /** Least danger of a runbook that may hold this step; `stepsOf` sets it. */
  readonly danger?: Danger
  /** What it costs to stop after this step, for the plan. */
  readonly stopCost?: string
  /** What people may decide while it runs; it asks `decided()` for the last one. */
  readonly decisions?: readonly Decision[]
  /** After a crash with this step in flight: ask a person, recheck with verify or check, or run again. Default ask. */
  readonly onUnknown?: 'ask' | 'recheck' | 'rerun'
  /** Running it twice is harmless. Needed for `onUnknown: 'rerun'` and for retries. */
  readonly idempotent?: boolean
  /** Changes nothing: not shown as a change, never undone. */
  readonly readOnly?: boolean
}

/** What a guard may use: it only reads. */
export interface GuardContext {
  readonly $: Shell
  readonly ops: Ops
  /** Aborted at the end of its look's time, and with the run. */
  readonly signal: AbortSignal
}

/**
 * What must hold while the run continues: while its steps run and while it waits for a person. When it does not, the run
 * stops as if the step at hand had failed, and what was done is undone.
 */
export interface Guard {
  /** Unique among the guards of the plan. */
  readonly id: string
  /** What must hold: `the live slot answers`. */
  readonly title: string
  /** Whether it holds now. One that throws does not hold. */
  readonly condition: (context: GuardContext) => Promise<boolean | Verdict>
  /** From one look to the next. Default 5s. */
  readonly every?: string
  /** Longest time for one look. Default 5s. */
  readonly timeout?: string
  /** Looks in a row that must fail before the run is stopped. Default 3. */
  readonly failures?: number
  /** Id of the step from whose end on it stands. Default: from the beginning. */
  readonly after?: string
}

export interface FactsContext<Params> {
  readonly ops: Ops
  readonly params: Params
  readonly $: Shell
  readonly signal: AbortSignal
  readonly environment: string
}

export interface PlanContext<Params, Facts> {
  readonly params: Params
  readonly facts: Facts
  readonly environment: string
  /** Run id, for names that must be unique, such as a scratch database. Stable over resumes. */
  readonly run: string
}

export interface LocksContext<Params> {
  readonly params: Params
  readonly environment: string
  /** What `facts` read; undefined where a runbook has none. */
  readonly facts: unknown
}

/** A runbook as its author writes it. */
export interface RunbookDefinition<Schema extends z.ZodObject, Facts> {
  /** File name without extension; `a-z0-9-`. */
  readonly name: string
  readonly summary: string
  /** What it is for and when to use it; shown by `runbook show`. */
  readonly description?: string
  readonly params?: Schema
  readonly danger: Danger
  /**
   * Resources that no other run may hold at the same time, such as `release:web`. `facts` are those of the plan: what a
   * parameter leaves out has its name there, and the same thing needs the same lock however it was named.
   */
  readonly locks?: (context: LocksContext<z.output<Schema>>) => readonly string[]
  /** Reads of the world that the plan is made from. Frozen with the plan; read again before the run. */
  readonly facts?: (context: FactsContext<z.output<Schema>>) => Promise<Facts>
  /** Pure: the same params and facts give the same steps. */
  readonly plan: (context: PlanContext<z.output<Schema>, Facts>) => readonly Step[]
  /** What must hold all the while, questions included; else the run stops and is undone. */
  readonly guards?: (context: PlanContext<z.output<Schema>, Facts>) => readonly Guard[]
  /** What happens when a step fails; the policy's choice when left out. */
  readonly onFailure?: 'undo' | 'leave'
  /**
   * Why nothing proves yet that what was done is good, such as a watch that saw too few requests; undefined when it is
   * proved. The run then ends as `unproven`, exit code 11: nothing is undone, and nobody takes it for good.
   */
  readonly unproven?: (
    context: PlanContext<z.output<Schema>, Facts> & {readonly saved: Readonly<Record<string, unknown>>},
  ) => string | undefined
  /** Lines for the end of the run: what is left to do for a person. */
  readonly afterwards?: (
    context: PlanContext<z.output<Schema>, Facts> & {readonly saved: Readonly<Record<string, unknown>>},
  ) => readonly string[]
  /** Markdown and JSON for the run's report, beside what every report has. */
  readonly report?: (
    context: PlanContext<z.output<Schema>, Facts> & {readonly saved: Readonly<Record<string, unknown>>},
  ) => {readonly markdown: string; readonly json: unknown}
}

/** A runbook with its types erased, as the engine handles it. */
export type Runbook = RunbookDefinition<z.ZodObject, never> & {readonly kind: 'runbook'}

/** Declares a runbook. */
export function runbook<Schema extends z.ZodObject, Facts = undefined>(
  definition: RunbookDefinition<Schema, Facts>,
): Runbook {
  return {...definition, kind: 'runbook'} as unknown as Runbook
}

/** Declares a step; exists for its types and for reading. */
export function step(definition: Step): Step {
  return definition
}
