import type {Notification} from './channels/channel.ts'
import type {Alert} from './state.ts'
import {newsOf} from './state.ts'
import type {Sending} from './sending.ts'

/** What a channel gets of an alert. */
export function notificationOf(
  alert: Alert,
  facts: {
    readonly now: number
    readonly flapping: boolean
    readonly test: boolean
    readonly fallbackFor: string | undefined
    /** Alerts of its group that come with it. */
    readonly others: readonly Alert[]
    /** Left out: it is sent once, by somebody who sees what becomes of it. */
    readonly sending?: Sending
  },
): Notification {
  const moment = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
  const state = newsOf(alert)
  const reason = reasonOf(alert)
  return {
    version: 1,
    id: alert.id,
    ...(facts.sending && {key: facts.sending.key}),
    ...(facts.sending?.again && {maybeSentBefore: true}),
    rule: alert.rule,
    severity: alert.severity,
    target: alert.target,
    environment: alert.environment,
    ...marksOf(alert),
    ...(alert.runbook && {runbook: alert.runbook}),
    state,
    summary: facts.flapping ? `flapping; ${alert.summary}` : alert.summary,
    reason,
    text: `${textOf(alert, {...facts, reason})}${facts.sending?.again ? MAYBE_AGAIN : ''}`,
    flapping: facts.flapping,
    fallbackFor: facts.fallbackFor ?? null,
    since: new Date(alert.since).toISOString(),
    firedAt: moment(alert.firedAt),
    resolvedAt: moment(alert.resolvedAt),
    sentAt: new Date(facts.now).toISOString(),
    test: facts.test,
    others: facts.others.map(other => {
      const {id, severity, target, summary} = other
      return {id, severity, target, summary, ...marksOf(other)}
    }),
  }
}

/** By what receivers route it on. */
const marksOf = ({labels = {}, source}: Pick<Alert, 'labels' | 'source'>) => ({
  ...(Object.keys(labels).length > 0 && {labels}),
  ...(source !== undefined && {source}),
})

const MAYBE_AGAIN = ' (may have arrived before: nobody knows what became of the first attempt)'

/** Why it is in its state; that a silence ended is said, or nobody would know why it is told now. */
function reasonOf({state, reason, summary, routing}: Alert): string {
  const said = reason ?? summary
  const {unsilenced} = routing ?? {}
  return state === 'firing' && unsilenced !== undefined
    ? `${said}; the silence by ${unsilenced.author} has ended`
    : said
}

const NAMED = 3

function moreWords(others: readonly Alert[]): string {
  if (others.length === 0) return ''
  const named = others.slice(0, NAMED).map(({target}) => target)
  return ` (and ${others.length} more: ${named.join(', ')}${others.length > NAMED ? ' …' : ''})`
}

/** One line for receivers that show nothing else. */
function textOf(
  alert: Alert,
  {
    test,
    flapping,
    reason,
    others,
  }: {
    readonly test: boolean
    readonly flapping: boolean
    readonly reason: string
    readonly others: readonly Alert[]
  },
): string {
  const state = newsOf(alert).toUpperCase()
  const words = `${state} ${alert.severity}: ${alert.target}: ${flapping ? 'flapping; ' : ''}${reason}${moreWords(others)}`
  return test ? `TEST, nothing is wrong: ${words}` : words
}
