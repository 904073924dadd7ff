import {named} from '../../identity/named.ts'
import type {Feed} from '../../runs/engine.ts'
import type {RunEvent} from '../../runbooks/events.ts'
import type {RunState} from '../../runbooks/state.ts'
import {oneLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'

/** One piece of a run as plain lines, for terminals, logs and CI. Empty when it says nothing to a person. */
export function feedLines(feed: Feed, state: RunState): readonly string[] {
  if (!feed.event) {
    const {stream, text} = feed.line
    return [stream === 'command' ? `    $ ${text}` : stream === 'err' ? `    ! ${text}` : `      ${text}`]
  }
  return eventLines(feed.event, state)
}

const stepCount = (steps: number): string => (steps === 1 ? '1 step' : `${steps} steps`)

function eventLines(event: RunEvent, state: RunState): readonly string[] {
  const title = (id: string): string => oneLine(state.steps.find(view => view.step.id === id)?.step.title ?? id)
  switch (event.type) {
    case 'run-started':
      return [
        `run ${event.run}: ${event.plan.runbook} in ${event.plan.environment}, ${stepCount(event.plan.steps.length)}${event.dryRun ? ', DRY RUN: nothing is touched' : ''}`,
      ]
    case 'run-resumed':
      return [`resumed by ${named(event.actor)}`]
    case 'lock-waiting':
      return [`waiting for ${event.resource}: ${event.holder}`]
    case 'prompt-opened':
      return [`? ${event.prompt.text}`, ...event.prompt.touches.map(line => `    · ${line}`)].map(oneLine)
    case 'prompt-answered':
      return [`  ${event.answer} (${named(event.by)}, ${event.via}${event.reason ? `: ${event.reason}` : ''})`]
    case 'step-started':
      return [
        `${event.phase === 'undo' ? '↶ undo: ' : '▶ '}${title(event.step)}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}`,
      ]
    case 'step-retry':
      return [`  failed: ${event.reason}; trying again in ${formatDuration(event.delayMs)}`]
    case 'step-finished':
      // One whose check says that there is nothing to do was never started, so nothing has named it yet.
      return [
        ...(event.outcome === 'already done' ? [`▶ ${title(event.step)}`] : []),
        `  ${outcomeWord(event.phase, event.outcome)} in ${formatDuration(event.durationMs)}${event.reason ? `: ${event.reason}` : ''}`,
      ]
    case 'host-finished':
      return [
        `  ${event.host}: ${outcomeWord(event.phase, event.outcome)} in ${formatDuration(event.durationMs)}${event.reason ? `: ${event.reason}` : ''}`,
      ]
    case 'step-settled':
      return [
        `  ${title(event.step)} settled as ${event.choice} by ${named(event.by)}${event.reason ? `: ${event.reason}` : ''}`,
      ]
    case 'host-settled':
      return [
        `  ${event.host} settled as ${event.choice} by ${named(event.by)}${event.reason ? `: ${event.reason}` : ''}`,
      ]
    case 'step-decided':
      return [`  decided ${event.choice} by ${named(event.by)}${event.reason ? `: ${event.reason}` : ''}`]
    case 'guard':
      return [
        event.state === 'holds'
          ? `  guard holds again: ${event.title}`
          : `! guard ${event.state === 'broken' ? 'broken, the run is stopped' : 'does not hold'}: ${event.title}: ${event.reason}`,
      ]
    case 'abort-requested':
      return [`abort asked for by ${named(event.by)}${event.reason ? `: ${event.reason}` : ''}`]
    case 'break-glass':
      return [`! without approval: break-glass by ${named(event.by)}: ${event.reason}`]
    case 'local-lock':
      return [`! with locks of this host only, by ${named(event.by)}: ${event.reason}`]
    case 'run-suspended':
      return [`suspended (exit code 8): ${event.reason}`]
    case 'orphans':
      return [`  still running after the stop: ${event.processes.join(', ')}`]
    case 'run-ended':
      return [
        `${event.outcome} in ${formatDuration(event.durationMs)} (exit code ${event.exitCode})${event.reason ? `: ${event.reason}` : ''}`,
        ...event.afterwards.map(line => `  [ ] ${line}`),
      ]
    default:
      return []
  }
}

const outcomeWord = (phase: 'run' | 'undo', outcome: string): string =>
  phase === 'undo' ? (outcome === 'done' ? 'undone' : 'undo failed') : outcome

export const joinLines = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')
