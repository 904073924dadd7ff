import type {Clock} from '../units/clock.ts'
import type {Channel} from './channels/channel.ts'
import type {Held} from './held.ts'

const WINDOW_MS = 60_000

/** Whether a channel may be sent one more now; one that may has been counted. */
export function limitRates(clock: Pick<Clock, 'monotonic'>): (channel: Pick<Channel, 'name' | 'rateLimit'>) => boolean {
  const begun = new Map<string, readonly number[]>()
  return ({name, rateLimit}) => {
    if (rateLimit === undefined) return true
    const now = clock.monotonic()
    const recent = (begun.get(name) ?? []).filter(at => now - at < WINDOW_MS)
    const may = recent.length < rateLimit
    begun.set(name, may ? [...recent, now] : recent)
    return may
  }
}

export const TOO_MANY = 'rate limit'
export const tooMany = ({rateLimit}: Pick<Channel, 'rateLimit'>): Held => ({
  kind: 'suppressed',
  reason: TOO_MANY,
  words: `the channel takes ${rateLimit} notifications a minute`,
})
