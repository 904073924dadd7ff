import {formatDuration} from '../units/duration.ts'
import type {Channel, Notification} from './channels/channel.ts'
import type {Alert, DeliveryState} from './state.ts'
import {isFlappingAlert} from './state.ts'

/** What is decided about one alert and one channel, and why: the reason is shown as the delivery state. */
export interface Decision {
  readonly channel: string
  readonly deliver: boolean
  readonly reason: string
}

interface Question {
  readonly alert: Alert
  readonly wanted: 'firing' | 'resolved'
  readonly channel: Pick<Channel, 'name' | 'severities'>
  readonly delivery: DeliveryState | undefined
  readonly flapping: boolean
  readonly groupIntervalMs: number
  readonly now: number
}

const FLAPPING_INTERVAL_MS = 3_600_000
/** Waits between attempts to deliver one notification; after the last it is given up. */
export const RETRY_MS = [1_000, 5_000, 30_000, 120_000, 600_000] as const

/**
 * What to tell each channel now. It compares what a channel was last notified with what is true, so a restart, a missed
 * tick or a failed delivery changes nothing but the moment. `undefined` stages let pass, a reason stops.
 */
export function decideNotifications(
  alert: Alert,
  channels: readonly Pick<Channel, 'name' | 'severities'>[],
  groupIntervalMs: number,
  now: number,
): readonly Decision[] {
  if (alert.state === 'pending') return []
  const wanted = alert.state
  return channels.map(channel => {
    const delivery = alert.deliveries.find(each => each.channel === channel.name)
    const question = {alert, wanted, channel, delivery, flapping: isFlappingAlert(alert, now), groupIntervalMs, now}
    const stop = route(question) ?? dedupe(question) ?? acknowledged(question) ?? grouped(question) ?? retry(question)
    return {channel: channel.name, deliver: stop === undefined, reason: stop ?? wanted}
  })
}

/** Severities that the channel does not want. */
const route = ({channel, alert}: Question): string | undefined =>
  channel.severities.includes(alert.severity) ? undefined : `${alert.severity} does not go here`

/** What the channel knows already; and nobody is notified of the end of what he never heard of. */
function dedupe({delivery, wanted, flapping}: Question): string | undefined {
  const notified = delivery?.notified
  if (wanted === 'resolved' && notified === undefined) return 'it was never notified'
  const news = flapping && wanted === 'firing' && delivery?.notifiedFlapping === false && delivery.attempts === 0
  return notified === wanted && !news ? 'delivered' : undefined
}

const acknowledged = ({alert, wanted}: Question): string | undefined =>
  wanted === 'firing' && alert.acknowledged !== undefined ? `acknowledged by ${alert.acknowledged.by}` : undefined

/** The first notification is never delayed; the next ones are, and much longer once it was notified that the alert flaps. */
function grouped({delivery, flapping, groupIntervalMs, now}: Question): string | undefined {
  if (delivery?.notified === undefined) return undefined
  const wait = flapping && delivery.notifiedFlapping ? Math.max(groupIntervalMs, FLAPPING_INTERVAL_MS) : groupIntervalMs
  const left = delivery.at + wait - now
  return left > 0 ? `${flapping ? 'flapping, ' : ''}group interval, another ${formatDuration(left)}` : undefined
}

function retry({delivery, wanted, now}: Question): string | undefined {
  if (delivery === undefined || delivery.wanted !== wanted || delivery.attempts === 0) return undefined
  if (delivery.attempts > RETRY_MS.length) return 'given up'
  return delivery.nextAt > now ? 'waiting for the next attempt' : undefined
}

/** The delivery after an attempt. `at` stays the moment of the last delivery, which the group interval counts from. */
export function deliveryAfter(
  before: DeliveryState | undefined,
  attempt: {
    readonly channel: string
    readonly wanted: DeliveryState['wanted']
    readonly error: string | undefined
    readonly flapping: boolean
  },
  now: number,
): DeliveryState {
  const {channel, wanted, error, flapping} = attempt
  if (error === undefined)
    return {
      channel,
      notified: wanted,
      notifiedFlapping: flapping,
      wanted,
      attempts: 0,
      nextAt: now,
      outcome: 'delivered',
      at: now,
    }
  const attempts = (before?.wanted === wanted ? before.attempts : 0) + 1
  const wait = RETRY_MS[attempts - 1]
  const next = wait === undefined ? 'given up' : `next attempt in ${formatDuration(wait)}`
  return {
    channel,
    notified: before?.notified,
    notifiedFlapping: before?.notifiedFlapping ?? false,
    wanted,
    attempts,
    nextAt: now + (wait ?? 0),
    outcome: `failed: ${error} (${next})`,
    at: before?.notified === undefined ? now : before.at,
  }
}

export function notificationOf(
  alert: Alert,
  facts: {readonly now: number; readonly flapping: boolean; readonly test: boolean},
): Notification {
  const moment = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
  return {
    version: 1,
    id: alert.id,
    rule: alert.rule,
    severity: alert.severity,
    target: alert.target,
    environment: alert.environment,
    state: alert.state === 'resolved' ? 'resolved' : 'firing',
    summary: facts.flapping ? `flapping; ${alert.summary}` : alert.summary,
    flapping: facts.flapping,
    since: new Date(alert.since).toISOString(),
    firedAt: moment(alert.firedAt),
    resolvedAt: moment(alert.resolvedAt),
    sentAt: new Date(facts.now).toISOString(),
    test: facts.test,
  }
}
