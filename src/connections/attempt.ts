import type {Finding} from '../monitors/sample.ts'
import type {Clock} from '../units/clock.ts'
import {reasonOf} from './reason.ts'

/** What was found, before anybody measured how long it took. */
export type Found = Omit<Finding, 'latencyMs' | 'checks' | 'values'> &
  Partial<Pick<Finding, 'latencyMs' | 'checks' | 'values'>>

/** One look that never throws: what goes wrong is the finding. The signal's reason is the reason when it was cut off. */
export async function attemptLook(clock: Clock, signal: AbortSignal, look: () => Promise<Found>): Promise<Finding> {
  const started = clock.monotonic()
  const complete = (found: Found): Finding => ({
    checks: [],
    values: {},
    latencyMs: clock.monotonic() - started,
    ...found,
  })
  try {
    signal.throwIfAborted()
    return complete(await look())
  } catch (thrown) {
    return complete({status: 'down', reason: reasonOf(signal.aborted ? signal.reason : thrown)})
  }
}

/** Rejects with the signal's reason as soon as it is aborted, whatever `work` does; `stop` is told to give up. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>, stop: () => void): Promise<T> {
  signal.throwIfAborted()
  let cut: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    cut = () => {
      stop()
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', cut, {once: true})
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', cut)
    // The loser may still reject, and nobody is left to hear it.
    work.catch(() => undefined)
    aborted.catch(() => undefined)
  }
}
