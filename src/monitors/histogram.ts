import type {Percentiles, WindowMeasurements, WindowName} from './rows.ts'
import type {Health} from './sample.ts'
import {addBins, binOf, percentiles} from './sketch.ts'

/** Counts of results and sketches of latencies over some stretch of time; mergeable, so roll-ups add up. */
export interface Histogram {
  up: number
  degraded: number
  down: number
  /** The time for which failed probes stand; 0 in roll-ups of before it was kept. */
  downMs: number
  /** Latencies of what answered, a count a bin. */
  readonly answered: Map<number, number>
  /** How long failed probes took, likewise. */
  readonly failed: Map<number, number>
  /** The part of all this that fell into a maintenance; left out when none did. */
  excluded?: Histogram
}

export const emptyHistogram = (): Histogram => ({
  up: 0,
  degraded: 0,
  down: 0,
  downMs: 0,
  answered: new Map(),
  failed: new Map(),
})

export function countPoint(histogram: Histogram, status: Health, latencyMs: number): void {
  histogram[status] += 1
  const bins = status === 'down' ? histogram.failed : histogram.answered
  const bin = binOf(latencyMs)
  bins.set(bin, (bins.get(bin) ?? 0) + 1)
}

export function addHistogram(into: Histogram, more: Histogram): void {
  into.up += more.up
  into.degraded += more.degraded
  into.down += more.down
  into.downMs += more.downMs
  addBins(into.answered, more.answered)
  addBins(into.failed, more.failed)
  if (more.excluded) addHistogram((into.excluded ??= emptyHistogram()), more.excluded)
}

export const samplesOf = (histogram: Histogram): number => histogram.up + histogram.degraded + histogram.down

/** Degraded counts as available: it answered. */
export function measurementsOf(window: WindowName, histogram: Histogram): WindowMeasurements {
  const samples = samplesOf(histogram)
  const answered = percentilesOf(histogram.answered)
  return {
    window,
    samples,
    uptime: samples === 0 ? undefined : (histogram.up + histogram.degraded) / samples,
    errorRate: samples === 0 ? undefined : histogram.down / samples,
    ...answered,
    withFailed: histogram.failed.size === 0 ? answered : percentilesOf(histogram.answered, histogram.failed),
  }
}

const RANKS = [0.5, 0.95, 0.99] as const

/** To a hundredth of a millisecond, as latencies are kept. */
function percentilesOf(...parts: readonly ReadonlyMap<number, number>[]): Percentiles {
  const [p50, p95, p99] = percentiles(parts, RANKS).map(latency => latency && Math.round(latency * 100) / 100)
  return {p50, p95, p99}
}
