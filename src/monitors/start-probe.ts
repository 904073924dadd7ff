import {reasonOf} from '../connections/reason.ts'
import type {Clock} from '../units/clock.ts'
import {formatDuration} from '../units/duration.ts'
import type {ProbeOutcome, ProbeResult, Target} from './sample.ts'
import type {StallMeter} from './stall-meter.ts'
import type {Timers} from './timers.ts'

/** After its signal was aborted, a probe has this long to end before the monitor goes on without it. */
export const SETTLE_MS = 500
/** A probe during which this process was paused for so long is not believed when it says that something is wrong. */
const DISTURBED_MS = 250

export interface StartedProbe {
  /** What was found, at the latest `SETTLE_MS` after the deadline. Never rejects. */
  readonly outcome: Promise<MeasuredOutcome>
  /** When the probe itself is over; later than `outcome` for a driver that ignores its signal. Never rejects. */
  readonly ended: Promise<void>
  abort(reason: Error): void
}

export type MeasuredOutcome = ProbeOutcome & {
  /** This process stood still meanwhile, so what it says of a fault may be its own. */
  readonly disturbed: boolean
}

/** One probe with its deadline. A probe that throws could not probe: there is no result, but a reason. */
export function startProbe(
  target: Target,
  {clock, timers, stalls}: {readonly clock: Clock; readonly timers: Timers; readonly stalls: StallMeter},
): StartedProbe {
  const started = clock.monotonic()
  const end = stalls.begin()
  const abort = new AbortController()
  const late = (): string => `no answer within ${formatDuration(target.timeoutMs)}`
  const down = (): ProbeOutcome => ({
    probed: true,
    result: {status: 'down', reason: late(), latencyMs: clock.monotonic() - started, checks: [], values: {}},
  })
  const work = attempt(target, abort.signal).catch(
    // What is thrown because of the deadline is the target's silence.
    (thrown: unknown): ProbeOutcome => (abort.signal.aborted ? down() : {probed: false, reason: reasonOf(thrown)}),
  )
  const found = Promise.withResolvers<ProbeOutcome>()
  let forget = timers.after(target.timeoutMs, () => {
    forget = timers.after(SETTLE_MS, () => found.resolve(down()))
    abort.abort(new Error(late()))
  })
  const ended = work.then(outcome => {
    forget()
    found.resolve(outcome)
  })
  const outcome = found.promise.then(measured => withoutStalls(target, measured, end()))
  return {outcome, ended, abort: reason => abort.abort(reason)}
}

/** Async, so that a driver that throws before its first await is caught as well. */
async function attempt(target: Target, signal: AbortSignal): Promise<ProbeOutcome> {
  return {probed: true, result: await target.probe(signal)}
}

function withoutStalls(target: Target, outcome: ProbeOutcome, stalledMs: number): MeasuredOutcome {
  const disturbed = stalledMs >= DISTURBED_MS
  if (!outcome.probed) return {...outcome, disturbed}
  const latencyMs = Math.max(0, outcome.result.latencyMs - stalledMs)
  const measured = {...outcome.result, latencyMs}
  return {probed: true, result: marked(target.judge?.(measured) ?? measured, disturbed ? stalledMs : 0), disturbed}
}

function marked(result: ProbeResult, stalledMs: number): ProbeResult {
  if (stalledMs === 0 || result.status === 'up') return result
  return {...result, reason: `${result.reason} (this host was paused for ${formatDuration(stalledMs)} of it)`}
}
