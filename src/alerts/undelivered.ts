import type {Records} from '../kinds/records.ts'
import type {AlertStore} from './alert-store.ts'
import {withoutNextAttempt} from './delivery.ts'
import {KEPT_MS, keptLetters, letterOf, sentByHand, type Undelivered} from './letters.ts'
import {notificationOf} from './notification.ts'

/** All that were given up within a week, the newest first. */
export function undeliveredOf(
  alertStore: Pick<AlertStore, 'since'>,
  records: Pick<Records, 'read'>,
  now: number,
): readonly Undelivered[] {
  const {letters, sent} = keptLetters(records, now - KEPT_MS)
  const ofAlerts = alertStore.since(now - KEPT_MS).flatMap(alert =>
    alert.deliveries.flatMap(({channel, held, outcome, at}): readonly Undelivered[] => {
      if (held?.kind !== 'given up') return []
      const notification = notificationOf(alert, {
        now,
        flapping: false,
        test: false,
        fallbackFor: undefined,
        others: [],
      })
      const why = outcome.startsWith('failed') ? `${held.words}; ${withoutNextAttempt(outcome)}` : held.words
      return [{...letterOf(alert, {channel, at}), environment: alert.environment, why, notification}]
    }),
  )
  return [...ofAlerts, ...letters]
    .map(each => {
      const found = sentByHand(each, sent)
      return {...each, ...(found && {sent: {by: found.by, at: found.sentAt}})}
    })
    .toSorted((one, other) => other.at - one.at)
}
