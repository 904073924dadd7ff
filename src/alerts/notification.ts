import type {Notification} from './channels/channel.ts'
import type {Alert} from './state.ts'
import {newsOf} from './state.ts'

/** What a channel gets of an alert. */
export function notificationOf(
  alert: Alert,
  facts: {
    readonly now: number
    readonly flapping: boolean
    readonly test: boolean
    readonly fallbackFor: string | undefined
  },
): Notification {
  const moment = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
  const state = newsOf(alert)
  const reason = alert.reason ?? alert.summary
  return {
    version: 1,
    id: alert.id,
    rule: alert.rule,
    severity: alert.severity,
    target: alert.target,
    environment: alert.environment,
    state,
    summary: facts.flapping ? `flapping; ${alert.summary}` : alert.summary,
    reason,
    text: textOf(alert, {...facts, reason}),
    flapping: facts.flapping,
    fallbackFor: facts.fallbackFor ?? null,
    since: new Date(alert.since).toISOString(),
    firedAt: moment(alert.firedAt),
    resolvedAt: moment(alert.resolvedAt),
    sentAt: new Date(facts.now).toISOString(),
    test: facts.test,
  }
}

/** One line for receivers that show nothing else. */
function textOf(
  alert: Alert,
  {test, flapping, reason}: {readonly test: boolean; readonly flapping: boolean; readonly reason: string},
): string {
  const state = newsOf(alert).toUpperCase()
  const words = `${state} ${alert.severity}: ${alert.target}: ${flapping ? 'flapping; ' : ''}${reason}`
  return test ? `TEST, nothing is wrong: ${words}` : words
}
