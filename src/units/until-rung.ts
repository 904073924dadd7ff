import type {Bell} from './bell.ts'

/**
 * Reads, and gives what was read again until the bell rings. After `forMs` it is read all the same: some things change
 * without a sound, such as a lease that runs out.
 */
export function untilRung<T>(
  bell: Pick<Bell, 'listen'>,
  read: () => T,
  {forMs, now}: {readonly forMs: number; readonly now: () => number},
): () => T {
  let kept: {readonly value: T; readonly at: number} | undefined
  bell.listen(() => {
    kept = undefined
  })
  return () => {
    const at = now()
    if (kept && at - kept.at < forMs) return kept.value
    const value = read()
    kept = {value, at}
    return value
  }
}
