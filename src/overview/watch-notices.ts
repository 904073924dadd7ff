import type {AlertStore} from '../alerts/alert-store.ts'
import {deadChannels} from '../alerts/dead-channels.ts'
import type {History} from '../monitors/history.ts'
import {worseTogether} from '../monitors/worse-together.ts'
import type {Snapshot} from './snapshot.ts'
import {formatAge} from '../units/duration.ts'

/** Ends of alerts are tried for two hours; what failed before says nothing about now. */
const TRIED_WITHIN_MS = 2 * 3_600_000

/** What must be known of the watching itself: nobody is notified, or it may be this host that is slow. */
export function watchNotices(
  channels: readonly {readonly name: string}[],
  {alertStore, history, now}: {readonly alertStore: AlertStore; readonly history: History; readonly now: number},
): Snapshot['notices'] {
  const {dead, all} = deadChannels(alertStore, channels, now - TRIED_WITHIN_MS)
  const together = worseTogether(history, now)
  const words = dead.map(({channel, outcome}) => `${channel} ${outcome}`).join('; ')
  return [
    ...(dead.length === 0
      ? []
      : all
        ? [{level: 'critical' as const, text: `no notification can be delivered: ${words}`}]
        : [{level: 'warning' as const, text: `a channel accepts no notifications: ${words}`}]),
    ...(together === undefined
      ? []
      : [
          {
            level: 'warning' as const,
            text: `${together.count} of ${together.of} targets got worse at the same moment, ${formatAge(together.at, now)}: is this host, or its network, slow?`,
          },
        ]),
  ]
}
