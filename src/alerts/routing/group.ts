import type {Held} from '../held.ts'
import {deliveryOn} from '../sending.ts'
import {type Alert, beganAt} from '../state.ts'
import {valueOf} from './matcher.ts'

/** What alerts of one notification have in common. Without anything to group by, each is alone. */
export const groupKey = (alert: Alert, groupBy: readonly string[]): string =>
  groupBy.length === 0 ? alert.id : JSON.stringify(groupBy.map(name => valueOf(alert, name)))

/** What was told of an alert, or is to be: that it began, or that it is over. */
const isBeginning = (news: string): boolean => news === 'firing'

/** When each channel was last notified of a beginning, and of an end, in each group, as the alerts themselves tell. */
export function groupTimes(alerts: Iterable<Alert>, groupBy: readonly string[]) {
  /** The newest two, of two alerts: nobody waits for what was said of himself. */
  const newest = new Map<string, readonly {readonly id: string; readonly at: number}[]>()
  const keyOf = (alert: Alert, channel: string, begins: boolean): string =>
    JSON.stringify([channel, begins, groupKey(alert, groupBy)])
  if (groupBy.length > 0)
    for (const alert of alerts)
      for (const {channel, notified, at} of alert.deliveries) {
        if (notified === undefined) continue
        const key = keyOf(alert, channel, isBeginning(notified))
        const [first, second] = newest.get(key) ?? []
        if (first === undefined || at >= first.at) newest.set(key, [{id: alert.id, at}, ...(first ? [first] : [])])
        else if (second === undefined || at > second.at) newest.set(key, [first, {id: alert.id, at}])
      }
  return {
    /**
     * What a channel has not heard of waits for the next notification of its group, a beginning for one of beginnings, an end for
     * one of ends; and never longer than its wait.
     */
    hold(
      alert: Alert,
      channel: string,
      {waitMs, now}: {readonly waitMs: number; readonly now: number},
    ): Held | undefined {
      const begins = alert.state !== 'resolved'
      const notified = deliveryOn(alert, channel)?.notified
      if (notified !== undefined && isBeginning(notified) === begins) return undefined
      const last = newest.get(keyOf(alert, channel, begins))?.find(({id}) => id !== alert.id)?.at
      if (last === undefined || last > now) return undefined
      const until = Math.min(last, beganAt(alert) ?? now) + waitMs
      if (until <= now) return undefined
      const moment = new Date(until).toISOString().slice(11, 19)
      return {kind: 'suppressed', reason: 'group', words: `comes with others of its group at ${moment} UTC`}
    },
  }
}
