import {formatMoment} from '../../units/moment.ts'
import type {Alert} from '../state.ts'
import {type Matcher, matchesAlert} from './matcher.ts'

/** Somebody's word that nobody is to be notified of some alerts for a while. It changes nothing but that. */
export interface Silence {
  readonly id: string
  readonly matcher: Matcher
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
