import type {Feed} from '../../runs/engine.ts'
import type {RunEvent} from '../../runbooks/events.ts'
import type {RunState} from '../../runbooks/state.ts'
import {formatDuration} from '../../units/duration.ts'
import {harmlessText, workflowCommand} from '../../text/workflow-commands.ts'
import type {Annotation, Annotations} from './annotations.ts'
import {feedLines} from './lines.ts'
import type {Presenter} from './presenter.ts'

/** For the log of GitHub Actions: a group for each step, annotations for what went wrong, nothing else is a command. */
export function githubPresenter(annotations: Annotations): Presenter {
  let open = false
  const close = (): string => {
    const line = open ? `${workflowCommand('endgroup')}\n` : ''
    open = false
    return line
  }
  const lines = (feed: Feed, state: RunState): string =>
    feedLines(feed, state)
      .map(line => `${harmlessText(line)}\n`)
      .join('')
  const annotated = (event: RunEvent, state: RunState): string =>
    annotationsOf(event, state)
      .map(annotation => annotations.annotate(annotation))
      .flatMap(command => (command === undefined ? [] : [`${command}\n`]))
      .join('')
  return {
    feed: (feed, state) => {
      const {event} = feed
      if (!event) return lines(feed, state)
      if (event.type === 'step-started' && (event.attempt === 1 || event.phase === 'undo')) {
        const before = close()
        open = true
        return `${before}${workflowCommand('group', groupTitle(event, state))}\n`
      }
      if (event.type === 'step-finished')
        return `${close()}${harmlessText(finishedLine(event, state))}\n${annotated(event, state)}`
      const before = event.type === 'run-ended' ? close() : ''
      return before + lines(feed, state) + annotated(event, state)
    },
    end: () => {
      const left = annotations.leftOut()
      return `${close()}${left === 0 ? '' : `${left} more would be annotations, but GitHub takes no more of them; all is in the log above\n`}`
    },
  }
}

type Of<Type extends RunEvent['type']> = Extract<RunEvent, {readonly type: Type}>

const titleOf = (state: RunState, id: string): string => state.steps.find(view => view.step.id === id)?.step.title ?? id

const groupTitle = (event: Of<'step-started'>, state: RunState): string =>
  `${event.phase === 'undo' ? 'Undo: ' : ''}${titleOf(state, event.step)}`

/** Outside the group, so that a folded log still tells how each step came out. */
function finishedLine(event: Of<'step-finished'>, state: RunState): string {
  const word = event.phase === 'run' ? event.outcome : event.outcome === 'done' ? 'undone' : 'undo failed'
  return `  ${word} in ${formatDuration(event.durationMs)}: ${titleOf(state, event.step)}${event.reason ? ` (${event.reason})` : ''}`
}

/** What deserves a mark beside the log. */
function annotationsOf(event: RunEvent, state: RunState): readonly Annotation[] {
  switch (event.type) {
    case 'step-finished': {
      const title = titleOf(state, event.step)
      if (event.outcome === 'failed')
        return [{type: 'error', title: event.phase === 'undo' ? `Undo failed: ${title}` : title, message: event.reason}]
      return event.outcome === 'aborted' ? [{type: 'warning', title, message: event.reason || 'aborted'}] : []
    }
    case 'step-retry':
      return [
        {
          type: 'warning',
          title: titleOf(state, event.step),
          message: `attempt ${event.attempt} failed: ${event.reason}`,
        },
      ]
    case 'orphans':
      return [
        {
          type: 'warning',
          title: titleOf(state, event.step),
          message: `still running after the stop:\n${event.processes.join('\n')}`,
        },
      ]
    case 'break-glass':
      return [
        {type: 'warning', title: 'Continued without the approval that the policy requires', message: event.reason},
      ]
    case 'local-lock':
      return [{type: 'warning', title: 'Continued with locks of this host only', message: event.reason}]
    case 'prompt-answered':
      return event.via === 'expiry'
        ? [{type: 'warning', title: 'Nobody answered', message: `${event.answer} was taken: ${event.reason}`}]
        : []
    case 'run-suspended':
      return [{type: 'warning', title: 'Waiting for an approval', message: event.reason, last: true}]
    case 'run-ended':
      return endAnnotations(event, state)
    default:
      return []
  }
}

function endAnnotations(event: Of<'run-ended'>, state: RunState): readonly Annotation[] {
  const name = `${state.plan?.runbook ?? 'run'} in ${state.plan?.environment ?? '?'}: ${event.outcome}`
  const ended: readonly Annotation[] =
    event.outcome === 'done'
      ? []
      : [
          {
            type: event.outcome === 'suspended' || event.outcome === 'unproven' ? 'warning' : 'error',
            title: name,
            message: `${event.reason || event.outcome} (exit code ${event.exitCode}, run ${event.run})`,
            last: true,
          },
        ]
  return event.afterwards.length === 0
    ? ended
    : [...ended, {type: 'notice', title: `${name}, follow-up`, message: event.afterwards.join('\n')}]
}
