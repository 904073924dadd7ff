import type {DatabaseSync} from 'node:sqlite'
import type {AlertEvent, Timelines} from '../alerts/timeline.ts'

/** One alert that flaps for a week has no more than this. */
const MOST_KEPT = 500

interface EventRecord extends Record<string, unknown> {
  readonly alert: string
  readonly at: number
  readonly kind: AlertEvent['kind']
  readonly channel: string | null
  readonly text: string
}

/** Timelines of alerts in the store: a row each event. */
export function timelines(database: DatabaseSync): Timelines {
  const add = database.prepare('INSERT INTO alert_event (alert, at, kind, channel, text) VALUES (?, ?, ?, ?, ?)')
  const bound = database.prepare(
    `DELETE FROM alert_event WHERE alert = ?1 AND id <=
       (SELECT id FROM alert_event WHERE alert = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${MOST_KEPT})`,
  )
  const of = database.prepare(
    'SELECT alert, at, kind, channel, text FROM alert_event WHERE alert = ? AND at >= ? ORDER BY id DESC LIMIT ?',
  )
  const forget = database.prepare('DELETE FROM alert_event WHERE at < ?')
  return {
    add({alert, at, kind, channel, text}) {
      add.run(alert, at, kind, channel ?? null, text)
      bound.run(alert)
    },
    of: (alerts, since, most) =>
      new Map(
        alerts.map(alert => [
          alert,
          (of.all(alert, since, most) as EventRecord[])
            .map(({channel, ...event}) => ({...event, ...(channel !== null && {channel})}))
            .toReversed(),
        ]),
      ),
    forget: before => void forget.run(before),
  }
}
