import type {AlertStore} from '../alerts/alert-store.ts'
import {deadChannels} from '../alerts/dead-channels.ts'
import {type KeptLetters, type Undelivered, unsentOfRuns} from '../alerts/letters.ts'
import type {History} from '../monitors/history.ts'
import {worseTogether} from '../monitors/worse-together.ts'
import type {Snapshot} from './snapshot.ts'
import {formatAge} from '../units/duration.ts'

/** Ends of alerts are tried for two hours; what failed before says nothing about now. */
const TRIED_WITHIN_MS = 2 * 3_600_000

/** What was to be told of a run is history after it. */
const RUNS_WITHIN_MS = 86_400_000

interface Noticed {
  readonly alertStore: AlertStore
  readonly letters: KeptLetters
  /** In view. */
  readonly environment: {readonly name: string}
  readonly history: History
  readonly now: number
}

/** What must be known of the watching itself: nobody is notified, or it may be this host that is slow. */
export function watchNotices(
  channels: readonly {readonly name: string}[],
  {alertStore, letters, environment, history, now}: Noticed,
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
    ...ofRuns(unsentOfRuns(letters, environment.name).filter(({at}) => at > now - RUNS_WITHIN_MS)),
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

/** Those of alerts stand at their alert; the row of one of a run is one of many. */
function ofRuns(letters: readonly Undelivered[]): Snapshot['notices'] {
  const newest = letters.at(-1)
  if (newest === undefined) return []
  const count = letters.length === 1 ? 'a notification' : `${letters.length} notifications`
  const text = `${count} of runs could not be delivered, the newest to ${newest.channel}: ${newest.notification.summary}; opsconsole alerts retry run/ sends again`
  return [{level: 'warning', text}]
}
