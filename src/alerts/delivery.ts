import type {Held} from './held.ts'
import {RETRY_MS} from './channels/fields.ts'
import {formatDuration} from '../units/duration.ts'
import type {News} from './news.ts'
import type {DeliveryState, Unsure} from './state.ts'

const SHORTEST_INTERVAL_MS = 30_000
/** The end of an alert that nobody took for so long after it is history. */
export const GIVE_UP_AFTER_MS = 2 * 3_600_000

export interface Attempt {
  readonly channel: string
  readonly wanted: News
  readonly error: string | undefined
  readonly flapping: boolean
  /** Nobody answered: it may have arrived all the same. */
  readonly unanswered?: boolean
  /** It was sent before, and nobody knows whether it arrived. */
  readonly again?: boolean
  /** When that which is told began. */
  readonly began?: number | undefined
}

const waitAfter = (attempts: number, groupIntervalMs: number): number =>
  RETRY_MS[attempts - 1] ?? Math.max(groupIntervalMs, SHORTEST_INTERVAL_MS)

/** The attempts that failed were about an earlier time of the alert. */
export const isOfEarlierTime = (
  {attempts, nextAt}: Pick<DeliveryState, 'attempts' | 'nextAt'>,
  began: number | undefined,
  groupIntervalMs: number,
): boolean => attempts > 0 && began !== undefined && nextAt - waitAfter(attempts, groupIntervalMs) < began

/** What became of the last attempt, without when the next would have been: there is none for now. */
export const withoutNextAttempt = (outcome: string): string => outcome.replace(/, the next in [^),]*\)$/, ')')

/** The delivery while something is under way. Kept before it is sent: whoever watches after a crash knows that it may have arrived. */
export const deliveryBegun = (
  before: DeliveryState | undefined,
  {channel, wanted}: {readonly channel: string; readonly wanted: News},
  now: number,
): DeliveryState => ({
  ...(before ?? {...nothingSent(channel, wanted, now), outcome: 'being sent'}),
  unsure: {at: before?.unsure?.at ?? now, news: [...new Set([...(before?.unsure?.news ?? []), wanted])]},
})

const nothingSent = (channel: string, wanted: News, now: number): DeliveryState => ({
  channel,
  notified: undefined,
  notifiedFlapping: false,
  wanted,
  attempts: 0,
  nextAt: now,
  outcome: 'nothing was sent',
  at: now,
})

/** The delivery after an attempt. `at` stays the moment of the last delivery, which the group interval counts from. */
export function deliveryAfter(
  before: DeliveryState | undefined,
  {channel, wanted, error, flapping, unanswered = false, again = false, began}: Attempt,
  groupIntervalMs: number,
  now: number,
): DeliveryState {
  if (error === undefined)
    return {
      channel,
      notified: wanted,
      notifiedFlapping: flapping,
      wanted,
      attempts: 0,
      nextAt: now,
      outcome: 'delivered',
      at: now,
    }
  const goesOn = before?.wanted === wanted && (flapping || !isOfEarlierTime(before, began, groupIntervalMs))
  const attempts = (goesOn ? before.attempts : 0) + 1
  const wait = waitAfter(attempts, groupIntervalMs)
  return {
    channel,
    notified: before?.notified,
    notifiedFlapping: before?.notifiedFlapping ?? false,
    wanted,
    attempts,
    nextAt: now + wait,
    outcome: `failed: ${error} (attempt ${attempts}, the next in ${formatDuration(wait)})`,
    at: before?.notified === undefined ? now : before.at,
    unsure: unanswered || again ? before?.unsure : without(before?.unsure, wanted),
  }
}

/** It was refused: that one did not arrive. */
function without(unsure: Unsure | undefined, refused: News): Unsure | undefined {
  const news = unsure?.news.filter(each => each !== refused) ?? []
  return unsure && news.length > 0 ? {...unsure, news} : undefined
}

/** The delivery while nothing is sent, with the reason; undefined: that is known already. */
export function deliveryHeld(
  before: DeliveryState | undefined,
  {channel, wanted, held}: {readonly channel: string; readonly wanted: News; readonly held: Held | undefined},
  now: number,
): DeliveryState | undefined {
  if (before?.held?.reason === held?.reason && before?.held?.words === held?.words) return undefined
  if (before !== undefined) return {...before, held}
  return {...nothingSent(channel, wanted, now), held}
}
