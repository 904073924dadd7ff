import type {Records} from '../kinds/records.ts'
import {escapeLine} from '../text/escape.ts'
import type {AlertStore} from './alert-store.ts'
import type {Notification} from './channels/channel.ts'
import {notificationOf} from './notification.ts'

/** A notification that was given up: nobody took it while it was news. */
export interface Undelivered {
  /** Of the alert, or `run/ENVIRONMENT/RUN`. */
  readonly id: string
  readonly channel: string
  readonly environment: string
  readonly at: number
  /** What was tried last, or why it was given up. */
  readonly why: string
  readonly notification: Notification
  /** When somebody sent it all the same, and who. */
  readonly sent?: {readonly by: string; readonly at: number} | undefined
}

interface Kept {
  /** Of runs; those of alerts follow from the alerts. */
  readonly letters: readonly Undelivered[]
  readonly sent: readonly (Pick<Undelivered, 'id' | 'channel' | 'at'> & {
    readonly by: string
    readonly sentAt: number
  })[]
}

const KEPT = 'undelivered'
const EMPTY: Kept = {letters: [], sent: []}
/** So long are alerts kept that are over, too. */
const KEPT_MS = 7 * 86_400_000
const MOST_KEPT = 200

/** All that were given up within a week, the newest first. */
export function undeliveredOf(
  alertStore: Pick<AlertStore, 'since'>,
  records: Pick<Records, 'read'>,
  now: number,
): readonly Undelivered[] {
  const {letters, sent} = (records.read(KEPT) as Kept | undefined) ?? EMPTY
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
      const why = outcome.startsWith('failed') ? `${held.words}; ${outcome}` : held.words
      return [{id: alert.id, channel, environment: alert.environment, at: alert.resolvedAt ?? at, why, notification}]
    }),
  )
  return [...ofAlerts, ...letters.filter(({at}) => at > now - KEPT_MS)]
    .map(each => {
      const found = sent.find(({id, channel, at}) => id === each.id && channel === each.channel && at === each.at)
      return {...each, ...(found && {sent: {by: found.by, at: found.sentAt}})}
    })
    .toSorted((one, other) => other.at - one.at)
}

/** Keeps one of a run, bounded. */
export const keepUndelivered = (records: Records, letter: Undelivered): void =>
  records.change(KEPT, before => {
    const {letters, sent} = (before as Kept | undefined) ?? EMPTY
    const kept = {letters: [...letters, {...letter, why: escapeLine(letter.why, 500)}].slice(-MOST_KEPT), sent}
    return {kept, result: undefined}
  })

/** It was taken after all. */
export const markSent = (records: Records, {id, channel, at}: Undelivered, by: string, now: number): void =>
  records.change(KEPT, before => {
    const {letters, sent} = (before as Kept | undefined) ?? EMPTY
    const kept = {letters, sent: [...sent, {id, channel, at, by, sentAt: now}].slice(-MOST_KEPT)}
    return {kept, result: undefined}
  })
