import {formatDuration} from './duration.ts'

const TICK_MS = 50
/** However busy the host is, nobody waits longer than so many times the deadline. */
const LONGEST = 6

/**
 * A deadline that counts the time in which this process could run: an answer that waits here, because the host is busy or
 * we were, is not late. `clear` when it is no longer needed.
 */
export function ownTimeDeadline(
  ms: number,
  now: () => number = () => performance.now(),
): {readonly signal: AbortSignal; readonly clear: () => void} {
  const abort = new AbortController()
  const begun = now()
  let [last, own] = [begun, 0]
  const timer = setInterval(() => {
    const at = now()
    own += Math.min(at - last, 2 * TICK_MS)
    last = at
    if (own < ms && at - begun < LONGEST * ms) return
    clearInterval(timer)
    abort.abort(new Error(`did not answer within ${formatDuration(ms)}`))
  }, TICK_MS)
  return {signal: abort.signal, clear: () => clearInterval(timer)}
}
