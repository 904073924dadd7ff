import {formatMoment} from '../../units/moment.ts'
import type {Alert} from '../state.ts'
import {type Matcher, matchesAlert} from './matcher.ts'

/** Somebody's word that nobody is to be notified of some alerts for a while. */
export interface Silence {
  readonly id: string
  readonly matcher: Matcher
  /** Work that is expected: it is in no error budget either. Left out: it changes nothing but who is notified. */
  readonly maintenance?: true | undefined
  /** One alert, as long as this time of it lasts. */
  readonly alert?: {readonly id: string; readonly episode: number} | undefined
  readonly author: string
  readonly reason: string
  readonly createdAt: number
  /** Undefined: when its alert is over. */
  readonly endsAt: number | undefined
  readonly expired?: {readonly by: string; readonly at: number} | undefined
}

export type SilenceState = 'active' | 'ended'

/** Which time of an alert this is: named by a silence that is for this one only. */
export const episodeOf = ({episode, since}: Pick<Alert, 'episode' | 'since'>): number => episode ?? since

/** `alertOf` finds an alert by its id. */
export function silenceState(silence: Silence, now: number, alertOf: (id: string) => Alert | undefined): SilenceState {
  if (silence.expired !== undefined || (silence.endsAt !== undefined && silence.endsAt <= now)) return 'ended'
  if (silence.alert === undefined) return 'active'
  const alert = alertOf(silence.alert.id)
  const lasts = alert !== undefined && alert.state !== 'resolved' && episodeOf(alert) === silence.alert.episode
  return lasts ? 'active' : 'ended'
}

export const isSilencedBy = (alert: Alert, silence: Silence): boolean =>
  silence.alert === undefined
    ? matchesAlert(silence.matcher, alert)
    : silence.alert.id === alert.id && silence.alert.episode === episodeOf(alert)

/** `until 15:10 UTC`, or what it waits for. */
export const silenceEnd = ({endsAt}: Pick<Silence, 'endsAt'>, now: number): string =>
  endsAt === undefined ? 'until it resolves' : `until ${formatMoment(endsAt, now)}`

/** A maintenance that is open now. */
export interface OpenMaintenance {
  /** Its name says of one that was started by hand who did and why. */
  readonly window: Matcher & {readonly name: string}
  readonly endsAt: number
}

/** When a maintenance that was started by hand is over, or was ended before. */
export const endOfHand = ({expired, endsAt = Infinity}: Silence): number => Math.min(expired?.at ?? Infinity, endsAt)

/** Those that were started by hand and are open at a moment. */
export const openByHand = (silences: readonly Silence[], now: number): readonly OpenMaintenance[] =>
  silences
    .filter(each => each.maintenance && each.createdAt <= now && now < endOfHand(each))
    .map(each => {
      const {matcher, author, reason} = each
      return {window: {...matcher, name: `by ${author} (${reason})`}, endsAt: endOfHand(each)}
    })
