import type {Held} from './held.ts'
import type {Channel} from './channels/channel.ts'
import type {IntakeSpec} from './intake/config.ts'
import {LONGEST_RETRY_MS} from './channels/fields.ts'
import {GIVE_UP_AFTER_MS, isOfEarlierTime} from './delivery.ts'
import type {News} from './news.ts'
import type {Alert, DeliveryState} from './state.ts'
import {beganAt, isFlappingAlert, newsOf} from './state.ts'

/** What is decided about one alert and one channel, and why. */
export type Decision =
  | {readonly channel: string; readonly deliver: true; readonly news: News; readonly fallbackFor: string | undefined}
  | {readonly channel: string; readonly deliver: false; readonly held: Held | undefined; readonly reason: string}

type RoutedChannel = Pick<Channel, 'name' | 'severities' | 'fallback'> & {readonly type?: string}

interface Question {
  readonly alert: Alert
  readonly wanted: News
  readonly channel: RoutedChannel
  /** The channel that this one stands in for, because it does not take this alert. */
  readonly fallbackFor: string | undefined
  readonly delivery: DeliveryState | undefined
  readonly flapping: boolean
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
  readonly now: number
  /** Why the channel has to wait for its turn. */
  readonly turn: Held | undefined
  /** Whether an Alertmanager told us of it. */
  readonly fromAlertmanager: boolean
}

/** A stage lets pass, or stops with the reason. `held` is shown and counted; without, there is nothing to say. */
type Stop = {readonly reason: string; readonly held?: Held}
type Stage = (question: Question) => Stop | undefined

/** By what it is decided, at one moment. */
export interface Moment {
  readonly groupIntervalMs: number
  /** What still fires, and nobody acknowledged, is said again after it; never when left out. */
  readonly repeatIntervalMs?: number
  readonly now: number
  /** Why a channel has to wait for its turn: escalation, group. */
  readonly turnOf?: (alert: Alert, channel: string) => Held | undefined
  /** Who may tell us of alerts, for what came from an Alertmanager. */
  readonly intake?: readonly Pick<IntakeSpec, 'name' | 'type'>[]
}

const FLAPPING_INTERVAL_MS = 3_600_000
/** So many failed attempts, and the fallback is notified as well. */
const FALLBACK_AFTER = 2

/** In order; the first that stops is the reason. */
const STAGES: readonly Stage[] = [origin, route, dedupe, acknowledged, held, turn, giveUp, groupInterval, retry]

/**
 * What each channel is to hear now. It compares what a channel heard last with what is true, so a restart, a missed tick
 * or a failed delivery changes nothing but the moment: there is no queue that could be lost or grow.
 */
export function decideNotifications(
  alert: Alert,
  channels: readonly RoutedChannel[],
  {groupIntervalMs, repeatIntervalMs = Infinity, now, turnOf = () => undefined, intake = []}: Moment,
): readonly Decision[] {
  if (alert.state === 'pending') return []
  const wanted = newsOf(alert)
  const fromAlertmanager = intake.some(({name, type}) => name === alert.source && type === 'alertmanager')
  const deliveryOf = (name: string): DeliveryState | undefined => alert.deliveries.find(each => each.channel === name)
  return channels.map(channel => {
    const failing = channels.find(each => each.fallback === channel.name && isFailing(deliveryOf(each.name), wanted))
    const question = {
      alert,
      wanted,
      channel,
      fallbackFor: failing?.name,
      delivery: deliveryOf(channel.name),
      flapping: isFlappingAlert(alert, now),
      groupIntervalMs,
      repeatIntervalMs,
      now,
      turn: turnOf(alert, channel.name),
      fromAlertmanager,
    }
    for (const stage of STAGES) {
      const stop = stage(question)
      if (stop !== undefined) return {channel: channel.name, deliver: false, held: stop.held, reason: stop.reason}
    }
    return {channel: channel.name, deliver: true, news: wanted, fallbackFor: failing?.name}
  })
}

const isFailing = (delivery: DeliveryState | undefined, wanted: News): boolean =>
  delivery !== undefined && delivery.wanted === wanted && delivery.attempts >= FALLBACK_AFTER

const suppressed = (reason: string, words = reason): Stop => ({reason, held: {kind: 'suppressed', reason, words}})

/** An Alertmanager that tells us of an alert has it: sent back, it would be there twice, under other labels. */
function origin({channel, fromAlertmanager}: Question): Stop | undefined {
  const isBack = channel.type === 'alertmanager' && fromAlertmanager
  return isBack ? suppressed('origin', 'an Alertmanager told of it') : undefined
}

/** Severities that the channel does not want, unless it stands in for another or has heard of this alert already. */
function route({channel, alert, fallbackFor, delivery}: Question): Stop | undefined {
  if (channel.severities.includes(alert.severity) || fallbackFor !== undefined) return undefined
  if (delivery?.notified === 'firing') return undefined
  return suppressed('severity', `${alert.severity} does not go to this channel`)
}

/** What the channel knows already; and nobody hears of the end of what he never heard of. */
function dedupe(question: Question): Stop | undefined {
  const {alert, delivery, wanted, flapping} = question
  const notified = delivery?.notified
  // It may have arrived: then somebody waits for its end.
  if (wanted !== 'firing' && notified === undefined && delivery?.unsure !== undefined) return undefined
  if (wanted !== 'firing' && notified === undefined) {
    const reason = 'never notified'
    const words = `it ${wanted === 'resolved' ? 'resolved' : 'ended'} before a notification got through`
    return {reason, held: {kind: 'dropped', reason, words}}
  }
  if ((notified === 'firing') !== (wanted === 'firing')) return undefined
  if (wanted !== 'firing' || delivery === undefined) return {reason: 'delivered'}
  const flaps = flapping && !delivery.notifiedFlapping && delivery.attempts === 0
  const unsilenced = delivery.at < (alert.routing?.unsilenced?.at ?? -Infinity)
  return flaps || unsilenced || isRepeat(question) ? undefined : {reason: 'delivered'}
}

/** It was told long ago, and still fires. */
const isRepeat = ({wanted, delivery, repeatIntervalMs, now}: Question): boolean =>
  wanted === 'firing' && delivery?.notified === 'firing' && now - delivery.at >= repeatIntervalMs

function acknowledged({alert, wanted}: Question): Stop | undefined {
  if (wanted !== 'firing' || alert.acknowledged === undefined) return undefined
  return suppressed('acknowledged', `acknowledged by ${alert.acknowledged.by}`)
}

/** By what routing found: maintenance, a silence, a cause, another alert. The end of what was told is always told. */
function held({alert, wanted}: Question): Stop | undefined {
  const hold = alert.routing?.hold
  return wanted !== 'firing' || hold === undefined ? undefined : {reason: hold.reason, held: hold}
}

function turn({turn: wait, fallbackFor}: Question): Stop | undefined {
  if (wait === undefined || fallbackFor !== undefined) return undefined
  return {reason: wait.reason, held: wait}
}

/** Attempts never end while it fires; the end of an alert is news for so long only. */
function giveUp({alert, wanted, now}: Question): Stop | undefined {
  if (wanted === 'firing' || now - (alert.resolvedAt ?? now) < GIVE_UP_AFTER_MS) return undefined
  const reason = 'too old'
  return {reason, held: {kind: 'given up', reason, words: `no channel accepted it within 2 h of its end`}}
}

/**
 * The first notification is never delayed; the next ones are, and longer once it was said that the alert flaps. What has
 * lasted for a whole interval is no flapping any more: it is said, whatever was said before.
 */
function groupInterval({alert, wanted, delivery, flapping, groupIntervalMs, now}: Question): Stop | undefined {
  if (delivery?.notified === undefined || delivery.at > now) return undefined
  const began = beganAt(alert) ?? now
  const usual = delivery.at + groupIntervalMs
  const calm = flapping && delivery.notifiedFlapping
  const until = calm
    ? Math.min(delivery.at + Math.max(FLAPPING_INTERVAL_MS, groupIntervalMs), Math.max(usual, began + groupIntervalMs))
    : usual
  if (until <= now) return undefined
  const moment = `not before ${new Date(until).toISOString().slice(11, 19)} UTC`
  return calm
    ? suppressed('flapping', `flapping, ${moment} unless it stays ${wanted}`)
    : suppressed('group interval', `group interval, ${moment}`)
}

/** An alert that fires anew is tried at once, like any other: what its channel did not take before was about another time. */
function retry({alert, delivery, wanted, flapping, groupIntervalMs, now}: Question): Stop | undefined {
  if (delivery === undefined || delivery.wanted !== wanted || delivery.attempts === 0) return undefined
  if (!flapping && isOfEarlierTime(delivery, beganAt(alert), groupIntervalMs)) return undefined
  const wait = delivery.nextAt - now
  // A wait that nobody can have set: the clock was set back.
  return wait > 0 && wait <= Math.max(groupIntervalMs, LONGEST_RETRY_MS) ? {reason: 'next attempt'} : undefined
}
