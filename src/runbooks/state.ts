import type {Actor} from '../identity/actor.ts'
import type {Outcome, Prompt, RunEvent} from './events.ts'
import type {HostView} from './host-states.ts'
import type {Plan, PlannedStep} from './plan.ts'
import {freshHosts, reduceHosts} from './reduce-hosts.ts'

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
  /** Of a step over hosts: each of them. */
  readonly hosts?: readonly HostView[]
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
  /** It ended its process to wait for an approval; `runs resume` takes it up. */
  readonly suspended?: boolean
  readonly saved: Readonly<Record<string, unknown>>
  /** What people decided last, by step; left out while nobody did. */
  readonly decided?: Readonly<Record<string, string>>
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

/** States of a step that the run is at, or that nobody knows the end of. */
const AT_HAND: readonly StepState[] = ['running', 'waiting', 'undoing', 'unknown']

/** The step at hand: what runs, waits, is undone or is unknown; else the next one. Undefined: all are behind. */
export const stepAtHand = ({steps}: Pick<RunState, 'steps'>): StepView | undefined =>
  steps.find(view => AT_HAND.includes(view.state)) ?? steps.find(view => view.state === 'pending')

/** How far a run is: of one that goes on the steps before the one at hand, of an ended one those it came through. */
export function stepsBehind(run: Pick<RunState, 'steps' | 'outcome'>): number {
  const {steps} = run
  const atHand = run.outcome === undefined ? stepAtHand(run) : undefined
  if (atHand) return steps.indexOf(atHand)
  return steps.filter(view => view.state !== 'pending' && !AT_HAND.includes(view.state)).length
}

/** The only way a run's state changes. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  const next = {...reduceLife(state, event), lastSeq: event.seq}
  const steps = reduceSteps(withHosts(next.steps, event), event)
  return steps === next.steps ? next : {...next, steps}
}

/** What the event says of single hosts of its step. */
function withHosts(steps: readonly StepView[], event: RunEvent): readonly StepView[] {
  if (!('step' in event)) return steps
  return withStep(steps, event.step, view => (view.hosts ? {...view, hosts: reduceHosts(view.hosts, event)} : view))
}

/** Everything about the run as a whole. */
function reduceLife(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run-started':
      return {
        ...state,
        plan: event.plan,
        actor: event.actor,
        reason: event.reason,
        dryRun: event.dryRun,
        startedAt: event.at,
        steps: event.plan.steps.map(freshStep),
      }
    case 'run-resumed':
      return {
        ...state,
        outcome: undefined,
        exitCode: undefined,
        endedAt: undefined,
        endReason: '',
        abortRequested: false,
        suspended: false,
        // What a runner asked that died is asked again, under another number. An approval is asked once.
        prompt: state.prompt?.kind === 'approval' ? state.prompt : undefined,
      }
    case 'run-suspended':
      return {...state, suspended: true, endReason: event.reason}
    case 'prompt-opened':
      return {...state, prompt: event.prompt}
    case 'prompt-answered':
      return {...state, prompt: undefined}
    case 'step-started':
      return {...state, current: event.step}
    case 'step-finished':
    case 'step-settled':
      return {...state, current: undefined}
    case 'saved':
      return {...state, saved: {...state.saved, [event.key]: event.value}}
    case 'step-decided':
      return {...state, decided: {...state.decided, [event.step]: event.choice}}
    case 'abort-requested':
      return {...state, abortRequested: true}
    case 'run-ended': {
      const {outcome, exitCode, durationMs, afterwards} = event
      return {
        ...state,
        prompt: undefined,
        current: undefined,
        endedAt: event.at,
        endReason: event.reason,
        outcome,
        exitCode,
        durationMs,
        afterwards,
      }
    }
    default:
      return state
  }
}

/** Everything about single steps. */
function reduceSteps(steps: readonly StepView[], event: RunEvent): readonly StepView[] {
  switch (event.type) {
    case 'prompt-opened':
      return withStep(steps, event.prompt.step, view => (view.state === 'pending' ? {...view, state: 'waiting'} : view))
    case 'step-started':
      return withStep(steps, event.step, view => ({
        ...view,
        state: event.phase === 'undo' ? 'undoing' : 'running',
        attempt: event.attempt,
        startedAt: event.at,
        reason: event.phase === 'undo' ? view.reason : '',
      }))
    case 'step-finished':
      return withStep(steps, event.step, view => ({
        ...view,
        state: finishedState(event.phase, event.outcome),
        // Why it failed stays readable after it was undone.
        reason: event.reason || (event.phase === 'undo' ? view.reason : ''),
        durationMs: event.phase === 'undo' ? view.durationMs : event.durationMs,
      }))
    case 'step-retry':
      return withStep(steps, event.step, view => ({
        ...view,
        reason: `attempt ${event.attempt} failed: ${event.reason}`,
      }))
    case 'step-settled':
      return withStep(steps, event.step, view => ({
        ...view,
        state: view.hosts ? settledHosts(view.state, event.choice) : settledState(view.state, event.choice),
        reason: event.reason,
      }))
    default:
      return steps
  }
}

const freshStep = (step: PlannedStep): StepView => ({
  step,
  state: step.skipped === undefined ? 'pending' : 'skipped',
  reason: step.skipped ?? '',
  attempt: 0,
  startedAt: undefined,
  durationMs: undefined,
  ...(step.hosts === undefined ? {} : {hosts: freshHosts(step.hosts)}),
})

function withStep(
  steps: readonly StepView[],
  id: string | undefined,
  change: (view: StepView) => StepView,
): readonly StepView[] {
  const index = id === undefined ? -1 : steps.findIndex(view => view.step.id === id)
  const view = steps[index]
  const next = view && change(view)
  return next === undefined || next === view ? steps : steps.with(index, next)
}

function finishedState(phase: 'run' | 'undo', outcome: string): StepState {
  if (phase === 'undo') return outcome === 'done' ? 'undone' : 'undo failed'
  return outcome as StepState
}

/**
 * A settled undo: `done` means it was taken back, and so does `recheck`, which older versions wrote. Anything else but a skip lets it
 * be tried again: until then the step counts as failed, so that a run that dies here too still knows that it goes back.
 */
function settledState(before: StepState, choice: string): StepState {
  if (before === 'undoing')
    return choice === 'done' || choice === 'recheck' ? 'undone' : choice === 'skip' ? 'undo failed' : 'failed'
  if (choice === 'done' || choice === 'recheck') return 'done'
  if (choice === 'skip') return 'skipped'
  return choice === 'rerun' ? 'pending' : 'aborted'
}

/**
 * What was said goes for the hosts that were in flight. Hosts of the batch may not have begun yet, so the step itself is taken
 * up again, or goes on being taken back; those that have their outcome are passed over.
 */
function settledHosts(before: StepState, choice: string): StepState {
  if (choice === 'abort') return settledState(before, choice)
  if (before === 'undoing') return choice === 'skip' ? 'undo failed' : 'failed'
  return 'pending'
}
