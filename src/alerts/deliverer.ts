import {reasonOf} from '../connections/reason.ts'
import type {Clock} from '../units/clock.ts'
import {formatDuration} from '../units/duration.ts'
import type {Channel} from './channels/channel.ts'
import type {Held} from './held.ts'
import type {Attempt} from './delivery.ts'
import {notificationOf} from './notification.ts'
import {limitRates, tooMany} from './rate-limit.ts'
import {sendingOf} from './sending.ts'
import type {Alert} from './state.ts'
import {beganAt, isFlappingAlert, newsOf} from './state.ts'

/** Deliveries under way on one channel at most; the others are decided again at the next tick, so nothing piles up. */
const IN_FLIGHT = 8

export interface Deliverer {
  /**
   * Sends alerts as one notification, the worst first; those of them that are under way already are left out. Says why when the
   * channel has had enough for now.
   */
  send(alerts: readonly Alert[], channel: Channel, fallbackFor: string | undefined): Held | undefined
  /** Resolves when no delivery is under way. */
  flushed(): Promise<void>
  /** Gives deliveries up that are under way; nothing is known of them, so the next process that watches tries again. */
  giveUp(): void
  /** Likewise, and sends nothing more. */
  stop(): Promise<void>
}

export function createDeliverer(options: {
  readonly clock: Clock
  /** Marks notifications as a rehearsal. */
  readonly test: boolean
  /** Before anything is sent: it may arrive although nobody hears of it. */
  readonly onBegin: (alerts: readonly Alert[], channel: string) => void
  readonly onAttempt: (alert: Alert, attempt: Attempt) => void
}): Deliverer {
  const {clock, test, onBegin, onAttempt} = options
  const running = new Map<string, {readonly channel: string; readonly done: Promise<void>}>()
  const abort = new AbortController()
  const mayBegin = limitRates(clock)
  let term = new AbortController()

  const deliver = async (
    alerts: readonly [Alert, ...Alert[]],
    channel: Channel,
    fallbackFor: string | undefined,
  ): Promise<void> => {
    const [alert, ...others] = alerts
    const flapping = isFlappingAlert(alert, clock.now())
    const sending = sendingOf(alerts, channel.name)
    const over = AbortSignal.any([term.signal, abort.signal])
    const late = new Error(`no answer within ${formatDuration(channel.timeoutMs)}`)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(late), channel.timeoutMs)
    let error: string | undefined
    try {
      const notification = notificationOf(alert, {now: clock.now(), flapping, test, fallbackFor, others, sending})
      await channel.deliver(notification, AbortSignal.any([deadline.signal, over]))
    } catch (thrown) {
      if (over.aborted) return
      error = reasonOf(thrown)
    } finally {
      clearTimeout(timer)
    }
    const unanswered = error !== undefined && deadline.signal.aborted
    const {again} = sending
    for (const each of alerts) {
      const [wanted, began] = [newsOf(each), beganAt(each)]
      onAttempt(each, {channel: channel.name, wanted, error, flapping, unanswered, again, began})
    }
  }
  const flushed = async (): Promise<void> => {
    while (running.size > 0) await Promise.all([...running.values()].map(({done}) => done))
  }
  return {
    send(alerts, channel, fallbackFor) {
      const keyOf = (alert: Alert): string => `${alert.id} ${channel.name}`
      const [first, ...others] = alerts.filter(alert => !running.has(keyOf(alert)))
      const busy = [...running.values()].filter(each => each.channel === channel.name).length >= IN_FLIGHT
      if (first === undefined || busy || abort.signal.aborted) return undefined
      if (!mayBegin(channel)) return tooMany(channel)
      const keys = [first, ...others].map(keyOf)
      onBegin([first, ...others], channel.name)
      const done = deliver([first, ...others], channel, fallbackFor).finally(() => {
        for (const key of keys) running.delete(key)
      })
      for (const key of keys) running.set(key, {channel: channel.name, done})
      return undefined
    },
    giveUp() {
      term.abort(new Error('another process watches'))
      term = new AbortController()
    },
    flushed,
    async stop() {
      abort.abort(new Error('the monitor stopped'))
      await flushed()
    },
  }
}
