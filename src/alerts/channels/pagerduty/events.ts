import {createHash} from 'node:crypto'
import type {Severity} from '../../severity.ts'
import {planCommand} from '../../plan-command.ts'
import type {Notification} from '../channel.ts'

/** `info`, `warning`, `error` and `critical` are what it knows. */
interface Event {
  readonly routing_key: string
  readonly event_action: 'trigger' | 'resolve'
  readonly dedup_key: string
  readonly client: 'opsconsole'
  readonly payload?: {
    readonly summary: string
    readonly source: string
    readonly severity: Severity
    readonly timestamp: string
    readonly component: string
    readonly group: string
    readonly class: string
    readonly custom_details: Readonly<Record<string, unknown>>
  }
}

const SUMMARY_LIMIT = 1024
const KEY_LIMIT = 255

/** One event an alert; a rehearsal is resolved at once, so that nobody has to. */
export function eventsOf(notification: Notification, routingKey: string): readonly Event[] {
  const {others, state, test} = notification
  const all = [notification, ...others]
  const trigger = all.map(alert => triggerOf(alert, notification, routingKey))
  const resolve = all.map(({id: each}) => ({...headOf(each, routingKey), event_action: 'resolve' as const}))
  if (test) return [...trigger, ...resolve]
  return state === 'firing' ? trigger : resolve
}

const headOf = (id: string, routingKey: string) => ({
  routing_key: routingKey,
  dedup_key: id.length <= KEY_LIMIT ? id : createHash('sha256').update(id).digest('hex'),
  client: 'opsconsole' as const,
})

function triggerOf(
  {id, severity, target, summary, labels}: Notification['others'][number],
  notification: Notification,
  routingKey: string,
): Event {
  const {environment, rule, reason, since, test, flapping} = notification
  // Of the others of a group nothing is known but their labels.
  const plan = id === notification.id ? planCommand(notification) : undefined
  const words = `${test ? 'TEST, nothing is wrong: ' : ''}${target}: ${flapping ? 'flapping; ' : ''}${summary}`
  return {
    ...headOf(id, routingKey),
    event_action: 'trigger',
    payload: {
      summary: words.slice(0, SUMMARY_LIMIT),
      source: target,
      severity: test ? 'info' : severity,
      timestamp: since,
      component: target.split('/').at(-1) ?? target,
      group: environment,
      class: rule,
      custom_details: {reason, id, ...(labels && {labels}), ...(plan !== undefined && {plan})},
    },
  }
}
