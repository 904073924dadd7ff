import type {Actor} from '../identity/actor.ts'
import type {Outcome, Prompt, RunEvent} from './events.ts'
import type {Plan, PlannedStep} from './plan.ts'

/** Where a step stands. `unknown`: it was in flight when its runner died. */
export type StepState =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'done'
  | 'already done'
  | 'skipped'
  | 'failed'
  | 'aborted'
  | 'undoing'
  | 'undone'
  | 'undo failed'
  | 'unknown'

export interface StepView {
  readonly step: PlannedStep
  readonly state: StepState
  readonly reason: string
  readonly attempt: number
  readonly startedAt: number | undefined
  readonly durationMs: number | undefined
}

/** A run as it can be told from its journal alone; `lost` is added by whoever looks at the runner's process. */
export interface RunState {
  readonly run: string
  readonly plan: Plan | undefined
  readonly actor: Actor | undefined
  readonly reason: string
  readonly dryRun: boolean
  readonly steps: readonly StepView[]
  readonly current: string | undefined
  readonly prompt: Prompt | undefined
  readonly startedAt: number | undefined
  readonly endedAt: number | undefined
  readonly outcome: Outcome | undefined
  readonly exitCode: number | undefined
  readonly endReason: string
  readonly durationMs: number | undefined
  readonly afterwards: readonly string[]
  readonly abortRequested: boolean
  readonly saved: Readonly<Record<string, unknown>>
  readonly lastSeq: number
}

export const emptyRun = (run: string): RunState => ({
  run,
  plan: undefined,
  actor: undefined,
  reason: '',
  dryRun: false,
  steps: [],
  current: undefined,
  prompt: undefined,
  startedAt: undefined,
  endedAt: undefined,
  outcome: undefined,
  exitCode: undefined,
  endReason: '',
  durationMs: undefined,
  afterwards: [],
  abortRequested: false,
  saved: {},
  lastSeq: 0,
})

/** The only way a run's state changes. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  const next = {...state, lastSeq: event.seq}
  switch (event.type) {
    case 'run-started':
      return {
        ...next,
        plan: event.plan,
        actor: event.actor,
        reason: event.reason,
        dryRun: event.dryRun,
        startedAt: event.at,
        steps: event.plan.steps.map(freshStep),
      }
    case 'prompt-opened':
      return {
        ...next,
        prompt: event.prompt,
        steps: withStep(next.steps, event.prompt.step, view =>
          view.state === 'pending' ? {...view, state: 'waiting'} : view,
        ),
      }
    case 'prompt-answered':
      return {...next, prompt: undefined}
    case 'step-started':
      return {
        ...next,
        current: event.step,
        steps: withStep(next.steps, event.step, view => ({
          ...view,
          state: event.phase === 'undo' ? 'undoing' : 'running',
          attempt: event.attempt,
          startedAt: event.at,
          reason: '',
        })),
      }
    case 'step-finished':
      return {
        ...next,
        current: undefined,
        steps: withStep(next.steps, event.step, view => ({
          ...view,
          state: finishedState(event.phase, event.outcome),
          reason: event.reason,
          durationMs: event.phase === 'undo' ? view.durationMs : event.durationMs,
        })),
      }
    case 'step-retry':
      return {
        ...next,
        steps: withStep(next.steps, event.step, view => ({
          ...view,
          reason: `attempt ${event.attempt} failed: ${event.reason}`,
        })),
      }
    case 'step-settled':
      return {
        ...next,
        current: undefined,
        steps: withStep(next.steps, event.step, view => ({
          ...view,
          state: settledState(event.choice),
          reason: event.reason,
        })),
      }
    case 'saved':
      return {...next, saved: {...state.saved, [event.key]: event.value}}
    case 'abort-requested':
      return {...next, abortRequested: true}
    case 'run-ended':
      return {
        ...next,
        prompt: undefined,
        current: undefined,
        endedAt: event.at,
        outcome: event.outcome,
        exitCode: event.exitCode,
        endReason: event.reason,
        durationMs: event.durationMs,
        afterwards: event.afterwards,
      }
    case 'run-resumed':
      return {
        ...next,
        outcome: undefined,
        exitCode: undefined,
        endedAt: undefined,
        endReason: '',
        abortRequested: false,
      }
    default:
      return next
  }
}

const freshStep = (step: PlannedStep): StepView => ({
  step,
  state: step.skipped === undefined ? 'pending' : 'skipped',
  reason: step.skipped ?? '',
  attempt: 0,
  startedAt: undefined,
  durationMs: undefined,
})

function withStep(
  steps: readonly StepView[],
  id: string | undefined,
  change: (view: StepView) => StepView,
): readonly StepView[] {
  return id === undefined ? steps : steps.map(view => (view.step.id === id ? change(view) : view))
}

function finishedState(phase: 'run' | 'undo', outcome: string): StepState {
  if (phase === 'undo') return outcome === 'done' ? 'undone' : 'undo failed'
  return outcome as StepState
}

function settledState(choice: string): StepState {
  if (choice === 'done' || choice === 'probe') return 'done'
  if (choice === 'skip') return 'skipped'
  return choice === 'rerun' ? 'pending' : 'aborted'
}
