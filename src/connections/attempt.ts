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
