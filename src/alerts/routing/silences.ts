import {randomBytes} from 'node:crypto'
import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import type {AlertStore} from '../alert-store.ts'
import type {Alert} from '../state.ts'
import {type Matcher, matcherWords} from './matcher.ts'
import {episodeOf, isSilencedBy, type Silence, silenceState} from './silence.ts'
import type {SilenceStore} from './silence-store.ts'

/** One silence as it is shown. */
export interface SilenceRow extends Silence {
  readonly state: 'active' | 'ended'
  /** What it is for, in words. */
  readonly what: string
  /** Open alerts that it holds. */
  readonly matches: readonly string[]
  /** What must be known of it: it matches nothing, it ends soon. */
  readonly note: string
  /** The Alertmanager whose silence it is; left out: it is ours. */
  readonly source?: string | undefined
}

/** One that ends sooner than this says so. */
const SOON_MS = 1_800_000
/** Ended silences are shown for so long. */
export const ENDED_SHOWN_MS = 86_400_000

/** How long a console offers to silence. */
export const SILENCE_CHOICES = ['15m', '1h', 'until resolved'] as const
export type SilenceChoice = (typeof SILENCE_CHOICES)[number]
export const CHOICE_MS: Readonly<Record<SilenceChoice, number | undefined>> = {
  '15m': 900_000,
  '1h': 3_600_000,
  'until resolved': undefined,
}

/** What somebody at a console says. */
export interface SilenceWish {
  readonly for: SilenceChoice
  readonly reason: string
}

export interface WantedSilence {
  readonly matcher: Matcher
  readonly maintenance?: true | undefined
  /** This alert only, as long as it lasts. */
  readonly untilResolved?: Alert | undefined
  readonly author: string
  readonly reason: string
  /** Undefined: until its alert is over. */
  readonly forMs: number | undefined
}

export function newSilence(
  {matcher, maintenance, untilResolved, author, reason, forMs}: WantedSilence,
  now: number,
): Silence {
  return {
    ...(maintenance && {maintenance}),
    id: `${maintenance ? 'm' : 's'}${randomBytes(3).toString('hex')}`,
    matcher,
    ...(untilResolved && {alert: {id: untilResolved.id, episode: episodeOf(untilResolved)}}),
    author,
    reason: escapeLine(reason, 500),
    createdAt: now,
    endsAt: forMs === undefined ? undefined : now + forMs,
  }
}

/** A silence of one alert: of its rule and target for a time, or of this time of it until it resolves. */
export function silenceOf(
  alert: Alert,
  said: Pick<WantedSilence, 'author' | 'reason' | 'forMs'>,
  now: number,
): Silence {
  const {rule, target, name, environment} = alert
  const matcher = {rules: [rule], on: [`${target.slice(0, target.indexOf('/'))}/${name}`], environments: [environment]}
  return newSilence({...said, matcher, untilResolved: said.forMs === undefined ? alert : undefined}, now)
}

/** Those that hold, and those that ended within a day; the newest first. */
export function silenceRows(
  store: Pick<SilenceStore, 'since'>,
  alertStore: Pick<AlertStore, 'since'>,
  now: number,
): readonly SilenceRow[] {
  const open = alertStore.since(Number.MAX_SAFE_INTEGER)
  const byId = new Map(open.map(alert => [alert.id, alert]))
  return store
    .since(now - ENDED_SHOWN_MS)
    .filter(({maintenance}) => !maintenance)
    .map(silence => {
      const state = silenceState(silence, now, id => byId.get(id))
      const matches = state === 'ended' ? [] : open.filter(alert => isSilencedBy(alert, silence)).map(({id}) => id)
      const what = silence.alert?.id ?? matcherWords(silence.matcher)
      return {...silence, state, what, matches, note: noteOf(silence, state, matches.length, now)}
    })
    .toSorted((a, b) => b.createdAt - a.createdAt)
}

function noteOf({expired, endsAt}: Silence, state: 'active' | 'ended', matches: number, now: number): string {
  if (expired !== undefined) return `ended by ${expired.by}`
  if (state === 'ended') return 'ended'
  return activeNote(matches, endsAt, now)
}

/** What must be known of one that holds. */
export function activeNote(matches: number, endsAt: number | undefined, now: number): string {
  const left = endsAt === undefined ? Infinity : endsAt - now
  return [matches === 0 ? 'matches nothing' : '', left < SOON_MS ? `ends in ${formatDuration(left)}` : '']
    .filter(text => text !== '')
    .join(', ')
}

/** Ends a silence now. Raises `alert/silence-unknown`. */
export function expireSilence(store: Pick<SilenceStore, 'expire'>, id: string, by: string, now: number): void {
  if (!store.expire(id, {by, at: now}))
    throw new OpsError('alert/silence-unknown', `no silence ${escapeLine(id, 100)} is active`, {
      hint: 'See: opsconsole alerts silences',
    })
}
