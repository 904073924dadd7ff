/** Rejects with the signal's reason as soon as it is aborted, whatever `work` does; `stop` is told to give up. */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: Promise<T>,
  stop: () => void = () => undefined,
): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const cut = (): void => {
    stop()
    aborted.reject(signal.reason)
  }
  signal.addEventListener('abort', cut, {once: true})
  try {
    if (signal.aborted) cut()
    return await Promise.race([aborted.promise, work])
  } finally {
    signal.removeEventListener('abort', cut)
    // The loser may still reject, and nobody is left to hear it.
    work.catch(() => undefined)
    aborted.promise.catch(() => undefined)
  }
}
