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

/** Which one it is: one alert or run can have several. */
export type LetterName = Pick<Undelivered, 'id' | 'channel' | 'at'>

/** That of an alert: the end of it that nobody took. */
export const letterOf = (
  {id, resolvedAt}: {readonly id: string; readonly resolvedAt: number | undefined},
  {channel, at}: {readonly channel: string; readonly at: number},
): LetterName => ({id, channel, at: resolvedAt ?? at})

/** One that somebody sent all the same. */
export type SentLetter = LetterName & {readonly by: string; readonly sentAt: number}

export interface KeptLetters {
  /** Of runs; those of alerts follow from the alerts. */
  readonly letters: readonly Undelivered[]
  readonly sent: readonly SentLetter[]
}

const KEPT = 'undelivered'
const EMPTY: KeptLetters = {letters: [], sent: []}
/** So long are alerts kept that are over, too. */
export const KEPT_MS = 7 * 86_400_000
const MOST_KEPT = 200
/** Those of alerts are among them, of which there may be more: one that is forgotten here would be offered again. */
const MOST_SENT = 2_000

const keptOf = (value: unknown): KeptLetters => (value as KeptLetters | undefined) ?? EMPTY

/** Those of runs that were given up since then, and those of all that were sent by hand. */
export function keptLetters(records: Pick<Records, 'read'>, since: number): KeptLetters {
  const {letters, sent} = keptOf(records.read(KEPT))
  return {letters: letters.filter(({at}) => at > since), sent}
}

/** Those of runs in an environment that nobody has sent by hand. */
export const unsentOfRuns = ({letters, sent}: KeptLetters, environment: string): readonly Undelivered[] =>
  letters.filter(each => each.environment === environment && sentByHand(each, sent) === undefined)

export const isSameLetter = (one: LetterName, other: LetterName): boolean =>
  one.id === other.id && one.channel === other.channel && one.at === other.at

export const sentByHand = (letter: LetterName, sent: readonly SentLetter[]): SentLetter | undefined =>
  sent.find(each => isSameLetter(each, letter))

/** Keeps one of a run, bounded. */
export const keepUndelivered = (records: Records, letter: Undelivered): void =>
  records.change(KEPT, before => {
    const {letters, sent} = keptOf(before)
    const kept = {letters: [...letters, {...letter, why: escapeLine(letter.why, 500)}].slice(-MOST_KEPT), sent}
    return {kept, result: undefined}
  })

/** It was taken after all. */
export const markSent = (records: Records, {id, channel, at}: LetterName, by: string, now: number): void =>
  records.change(KEPT, before => {
    const {letters, sent} = keptOf(before)
    const recent = sent.filter(({sentAt}) => sentAt > now - KEPT_MS)
    const kept = {letters, sent: [...recent, {id, channel, at, by, sentAt: now}].slice(-MOST_SENT)}
    return {kept, result: undefined}
  })
