import {messageOf} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import type {Clock} from '../units/clock.ts'
import {formatDuration} from '../units/duration.ts'
import type {ProbeResult, Target} from './sample.ts'
import type {Timers} from './timers.ts'

/** After its signal was aborted, a probe has this long to end before the monitor goes on without it. */
export const SETTLE_MS = 500

export interface StartedProbe {
  /** What was found, at the latest `SETTLE_MS` after the deadline. Never rejects. */
  readonly result: Promise<ProbeResult>
  /** When the probe itself is over; later than `result` for a driver that ignores its signal. Never rejects. */
  readonly ended: Promise<void>
  abort(reason: Error): void
}

/** One probe with its deadline. A probe that breaks its promise never to reject is down with that as its reason. */
export function startProbe(target: Target, clock: Clock, timers: Timers): StartedProbe {
  const started = clock.monotonic()
  const abort = new AbortController()
  const down = (reason: string): ProbeResult => ({
    status: 'down',
    reason: escapeLine(reason, 300),
    latencyMs: clock.monotonic() - started,
    checks: [],
    values: {},
  })
  const late = `no answer within ${formatDuration(target.timeoutMs)}`
  const work = attempt(target, abort.signal).catch((thrown: unknown) => down(messageOf(thrown)))
  const forget: (() => void)[] = []
  const deadline = new Promise<ProbeResult>(resolve => {
    forget.push(timers.after(target.timeoutMs, () => abort.abort(new Error(late))))
    forget.push(timers.after(target.timeoutMs + SETTLE_MS, () => resolve(down(late))))
  })
  const result = Promise.race([work, deadline]).finally(() => forget.forEach(each => each()))
  return {result, ended: work.then(() => undefined), abort: reason => abort.abort(reason)}
}

/** Async, so that a driver that throws before its first await is caught as well. */
async function attempt(target: Target, signal: AbortSignal): Promise<ProbeResult> {
  return await target.probe(signal)
}
