import {createHash} from 'node:crypto'
import type {Alert, DeliveryState, Unsure} from './state.ts'
import {newsOf} from './state.ts'

/** By what a receiver knows one news from another, whenever and however often it is sent. */
export interface Sending {
  readonly key: string
  /** It was sent before, and nobody knows whether it arrived. */
  readonly again: boolean
}

export const deliveryOn = (alert: Alert, channel: string): DeliveryState | undefined =>
  alert.deliveries.find(each => each.channel === channel)

/** Whether the news that is to be told now was sent before, and nobody knows whether it arrived. */
export function unsureOf(alert: Alert, channel: string): Unsure | undefined {
  const unsure = deliveryOn(alert, channel)?.unsure
  return unsure?.news.includes(newsOf(alert)) ? unsure : undefined
}

/**
 * It follows from what is kept of the alerts, which changes only when a delivery is known: whoever sends again after a crash or
 * a lost answer says the same key, and a repetition after the repeat interval another one.
 */
export function sendingOf(alerts: readonly Alert[], channel: string): Sending {
  const parts = alerts.map(alert => {
    const delivery = deliveryOn(alert, channel)
    const before = delivery?.notified === undefined ? 0 : delivery.at
    return JSON.stringify([alert.id, alert.episode ?? alert.since, newsOf(alert), before])
  })
  return {
    key: createHash('sha256')
      .update([channel, ...parts.toSorted()].join('\n'))
      .digest('hex')
      .slice(0, 32),
    again: alerts.some(alert => unsureOf(alert, channel) !== undefined),
  }
}
