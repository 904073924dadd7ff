/** Time as a dependency: tests pass their own. `now` is wall clock ms, `monotonic` never jumps. */
export interface Clock {
  now(): number
  monotonic(): number
}

export const systemClock: Clock = {now: () => Date.now(), monotonic: () => performance.now()}

/** Resolves after `ms`, rejects with the signal's reason when it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, {once: true})
  })
}
