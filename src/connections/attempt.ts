import type {ProbeResult} from '../monitors/sample.ts'
import type {Clock} from '../units/clock.ts'
import {isOwnFault} from './own-fault.ts'
import {reasonOf} from './reason.ts'

/** What was found, before anybody measured how long it took. */
export type Found = Omit<ProbeResult, 'latencyMs' | 'checks' | 'values'> &
  Partial<Pick<ProbeResult, 'latencyMs' | 'checks' | 'values'>>

/** The target answers, and will not answer us what was asked: it serves others, so it is degraded, not down. */
export class NotForUs extends Error {
  override readonly name = 'NotForUs'
}

/**
 * One probe whose result is what goes wrong with the target; the signal's reason is the reason when it was cut off. It
 * throws when it could not probe, which is not the target's fault.
 */
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
    if (!signal.aborted && isOwnFault(thrown)) throw thrown
    if (!signal.aborted && thrown instanceof NotForUs) return complete({status: 'degraded', reason: reasonOf(thrown)})
    return complete({status: 'down', reason: reasonOf(signal.aborted ? signal.reason : thrown)})
  }
}
