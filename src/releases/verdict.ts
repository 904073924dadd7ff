import {formatDuration} from '../units/duration.ts'
import {formatShare} from '../units/number.ts'
import {atMostChance, tailChance} from './tail-chance.ts'
import type {WatchResult} from './views.ts'

/** Requests and errors of one slot while it was watched. */
export interface Seen {
  readonly requests: number
  readonly errors: number
}

/** A release within its threshold is undone at the end of its watch once in so many. */
const BAD_CHANCE = 0.01
/** A release over its threshold is taken for good once in so many. */
const GOOD_CHANCE = 0.05

/**
 * The verdict when the time is over, by what the counts prove and not by their quotient: 5 errors of 110 are under a
 * threshold of 5 %, and a version with 9 % of errors shows as few every tenth time.
 */
export function finalVerdict({requests, errors}: Seen, maxErrorRate: number): Omit<WatchResult, 'ms'> {
  const told = `${errors} of ${requests} requests failed`
  const share = requests === 0 ? 0 : errors / requests
  const threshold = `threshold ${formatShare(maxErrorRate)}`
  const seen = {requests, errors}
  if (share > maxErrorRate && tailChance(errors, requests, maxErrorRate) < BAD_CHANCE)
    return {verdict: 'bad', reason: `${told} (${formatShare(share)}), ${threshold}`, ...seen}
  if (provesGood(seen, maxErrorRate)) return {verdict: 'good', reason: told, ...seen}
  const few = `${told}: too few to prove anything`
  if (errors === 0) return {verdict: 'nothing seen', reason: few, ...seen}
  const reason = `${told} (${formatShare(share)}): neither under nor over the ${threshold} for certain`
  return {verdict: 'inconclusive', reason, ...seen}
}

/** Whether a version at the threshold would hardly ever show so few. */
const provesGood = ({requests, errors}: Seen, rate: number): boolean =>
  requests > 0 && (rate >= 1 || atMostChance(errors, requests, rate) < GOOD_CHANCE)

/** Requests that would prove it good at the share of errors so far; Infinity when that share never will. */
export function requestsToProve({requests, errors}: Seen, maxErrorRate: number): number {
  const share = requests === 0 ? 0 : errors / requests
  if (share >= maxErrorRate * 0.9) return Number.POSITIVE_INFINITY
  for (let count = Math.max(10, requests); count < 1e7; count = Math.ceil(count * 1.1))
    if (provesGood({requests: count, errors: Math.ceil(count * share)}, maxErrorRate)) return count
  return Number.POSITIVE_INFINITY
}

/** How much longer it takes at this traffic; undefined when that cannot be said, as without any. */
export function moreTime(seen: Seen, ms: number, maxErrorRate: number): number | undefined {
  const more = requestsToProve(seen, maxErrorRate) - seen.requests
  return seen.requests === 0 || ms <= 0 || !Number.isFinite(more) ? undefined : (more * ms) / seen.requests
}

/** What a verdict without proof says of the time that it would take. */
export const moreWords = (ms: number | undefined): string =>
  ms === undefined ? '' : `; about ${formatDuration(Math.ceil(ms / 1000) * 1000)} more at this traffic would tell`
