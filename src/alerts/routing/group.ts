import type {Held} from '../held.ts'
import type {Alert} from '../state.ts'

/** What alerts of one notification have in common. Without anything to group by, each is alone. */
export function groupKey(alert: Alert, groupBy: readonly string[]): string {
  if (groupBy.length === 0) return alert.id
  return JSON.stringify(groupBy.map(name => common(alert, name)))
}

function common(alert: Alert, name: string): string {
  if (name === 'environment' || name === 'target' || name === 'rule') return alert[name]
  return alert.labels?.[name] ?? ''
}

/** When each channel was last notified of a beginning in each group, as the alerts themselves tell. */
export function groupTimes(alerts: Iterable<Alert>, groupBy: readonly string[]) {
  const times = new Map<string, number>()
  const keyOf = (alert: Alert, channel: string): string => JSON.stringify([channel, groupKey(alert, groupBy)])
  if (groupBy.length > 0)
    for (const alert of alerts)
      for (const {channel, notified, at} of alert.deliveries)
        if (notified === 'firing')
          times.set(keyOf(alert, channel), Math.max(times.get(keyOf(alert, channel)) ?? at, at))
  return {
    /** One that a channel has not heard of waits for the next notification of its group. */
    hold(
      alert: Alert,
      channel: string,
      {waitMs, now}: {readonly waitMs: number; readonly now: number},
    ): Held | undefined {
      if (alert.deliveries.some(each => each.channel === channel && each.notified !== undefined)) return undefined
      const last = times.get(keyOf(alert, channel))
      if (last === undefined || last > now || last + waitMs <= now) return undefined
      const moment = new Date(last + waitMs).toISOString().slice(11, 19)
      return {kind: 'suppressed', reason: 'group', words: `comes with others of its group at ${moment} UTC`}
    },
  }
}
