import type {OutputLine} from '../../runbooks/events.ts'
import {isOpen} from '../../runbooks/host-states.ts'
import type {StepView} from '../../runbooks/state.ts'
import {shownCommand} from '../layout/shown-command.ts'
import {shortDuration} from '../components/age.ts'
import {outcomeMeaning, runWord} from '../screens/run.ts'
import type {OpenRun} from '../state/world.ts'

/** A step: its state, which one, what it is, why, how long it took. */
export function stepWords({step, state, reason, durationMs, attempt}: StepView, count: number): string {
  const parts = [
    attempt > 1 && state === 'running' ? `${state}, attempt ${attempt}` : state,
    `step ${step.index + 1} of ${count}: ${step.title}`,
    state === 'pending' ? '' : reason,
    durationMs === undefined ? '' : shortDuration(durationMs),
  ]
  return parts.filter(Boolean).join(', ')
}

/** Hosts that came to an end since. */
function hostNews(before: StepView['hosts'], after: StepView['hosts']): readonly string[] {
  return (after ?? [])
    .filter((view, nth) => view.state !== before?.[nth]?.state && !isOpen(view) && view.state !== 'pending')
    .map(({host, state, reason}) => [`host ${host}`, state, reason].filter(Boolean).join(', '))
}

/** A line of output, and what it is where that is not plain output. */
export function outputWords({stream, text}: OutputLine): string {
  if (stream === 'command') return `command: ${shownCommand(text)}`
  return stream === 'err' ? `error output: ${text}` : text
}

/** What has happened in the run that is open. */
export function runNews(
  before: OpenRun | undefined,
  after: OpenRun | undefined,
  {output}: {readonly output: boolean},
): readonly string[] {
  const [was, run] = [before?.state, after?.state]
  if (!after || !run || !was || before?.id !== after.id) return []
  const steps = run.steps.filter((view, index) => {
    const earlier = was.steps[index]
    return view.state !== earlier?.state || view.attempt !== earlier.attempt
  })
  // Those that are over come before the one that has begun.
  const said = [...steps.filter(view => view.state !== 'running'), ...steps.filter(view => view.state === 'running')]
  const fresh = Math.min(after.lines.length, Math.max(0, after.total - before.total))
  return [
    ...(output && fresh > 0 ? after.lines.slice(-fresh).map(outputWords) : []),
    ...run.steps.flatMap((view, index) => hostNews(was.steps[index]?.hosts, view.hosts)),
    ...said.map(view => stepWords(view, run.steps.length)),
    ...(run.abortRequested && !was.abortRequested && run.outcome === undefined
      ? ['stopping, the run was asked to stop']
      : []),
    ...(run.lost && !was.lost ? ['lost, the runner of this run is gone'] : []),
    ...(run.outcome !== undefined && was.outcome === undefined
      ? [
          `${runWord(run)}, ${run.plan?.runbook ?? run.run}, ${run.endReason || outcomeMeaning(run)}, exit ${run.exitCode ?? 'unknown'}`,
          ...run.afterwards.map(line => `follow-up: ${line}`),
        ]
      : []),
  ]
}
