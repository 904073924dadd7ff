import type {ProbeResult} from '../monitors/sample.ts'
import type {Clock} from '../units/clock.ts'
import {reasonOf} from './reason.ts'

/** What was found, before anybody measured how long it took. */
export type Found = Omit<ProbeResult, 'latencyMs' | 'checks' | 'values'> &
  Partial<Pick<ProbeResult, 'latencyMs' | 'checks' | 'values'>>

/** One probe that never throws: what goes wrong is the result. The signal's reason is the reason when it was cut off. */
export async function attemptProbe(
  clock: Clock,
  signal: AbortSignal,
  probe: () => Promise<Found>,
): Promise<ProbeResult> {
  const started = clock.monotonic()
  const complete = (found: Found): ProbeResult => ({
    checks: [],
    values: {},
    latencyMs: clock.monotonic() - started,
    ...found,
  })
  try {
    signal.throwIfAborted()
    return complete(await probe())
  } catch (thrown) {
    return complete({status: 'down', reason: reasonOf(signal.aborted ? signal.reason : thrown)})
  }
}
