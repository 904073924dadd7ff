import type {Records} from '../kinds/records.ts'
import {escapeLine} from '../text/escape.ts'
import type {Notification} from './channels/channel.ts'

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
export const KEPT_MS = 7 * 86_400_000
const MOST_KEPT = 200

const keptOf = (value: unknown): Kept => (value as Kept | undefined) ?? EMPTY

/** Those of runs that were given up since then, and those of all that were sent by hand. */
export function keptLetters(records: Pick<Records, 'read'>, since: number): Kept {
  const {letters, sent} = keptOf(records.read(KEPT))
  return {letters: letters.filter(({at}) => at > since), sent}
}

/** Those of runs in an environment that nobody has sent by hand. */
export function unsentOfRuns(
  records: Pick<Records, 'read'>,
  environment: string,
  since: number,
): readonly Undelivered[] {
  const {letters, sent} = keptLetters(records, since)
  return letters.filter(each => each.environment === environment && sentByHand(each, sent) === undefined)
}

export const sentByHand = ({id, channel, at}: Undelivered, sent: Kept['sent']): Kept['sent'][number] | undefined =>
  sent.find(each => each.id === id && each.channel === channel && each.at === at)

/** Keeps one of a run, bounded. */
export const keepUndelivered = (records: Records, letter: Undelivered): void =>
  records.change(KEPT, before => {
    const {letters, sent} = keptOf(before)
    const kept = {letters: [...letters, {...letter, why: escapeLine(letter.why, 500)}].slice(-MOST_KEPT), sent}
    return {kept, result: undefined}
  })

/** It was taken after all. */
export const markSent = (records: Records, {id, channel, at}: Undelivered, by: string, now: number): void =>
  records.change(KEPT, before => {
    const {letters, sent} = keptOf(before)
    const kept = {letters, sent: [...sent, {id, channel, at, by, sentAt: now}].slice(-MOST_KEPT)}
    return {kept, result: undefined}
  })
