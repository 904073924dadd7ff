import {type Clock, sleep} from '../units/clock.ts'

/** What a probe says: fulfilled, or what is still missing. */
export interface Readiness {
  readonly ok: boolean
  readonly reason: string
}

/** Probes again and again until it is fulfilled or `timeoutMs` passed; the last probe and how long it took. */
export async function probeUntil(
  probe: () => Promise<Readiness>,
  options: {readonly timeoutMs: number; readonly everyMs: number; readonly signal: AbortSignal; readonly clock: Clock},
): Promise<Readiness & {readonly ms: number}> {
  const start = options.clock.monotonic()
  for (;;) {
    options.signal.throwIfAborted()
    const seen = await probe()
    const ms = options.clock.monotonic() - start
    if (seen.ok || ms >= options.timeoutMs) return {...seen, ms}
    await sleep(Math.min(options.everyMs, Math.max(1, options.timeoutMs - ms)), options.signal)
  }
}
