import type {WindowMeasurements} from './rows.ts'
import type {Health} from './sample.ts'

/** Counts of findings and a histogram of latencies over some stretch of time; mergeable, so roll-ups add up. */
export interface Histogram {
  up: number
  degraded: number
  down: number
  /** Count of latencies a bin; probes that found it down have no latency. */
  readonly bins: Map<number, number>
}

/** Bins grow by 6 %, so a percentile is within ±3 % of the truth; 240 bins reach from 0.1 ms to 100 s. */
const GROWTH = Math.log(1.06)
const SMALLEST_MS = 0.1
const LAST_BIN = 239

export const emptyHistogram = (): Histogram => ({up: 0, degraded: 0, down: 0, bins: new Map()})

const binOf = (latencyMs: number): number =>
  Math.min(LAST_BIN, Math.max(0, Math.floor(Math.log(Math.max(latencyMs, SMALLEST_MS) / SMALLEST_MS) / GROWTH)))

/** The geometric middle of a bin, milliseconds. */
const latencyOf = (bin: number): number => SMALLEST_MS * Math.exp((bin + 0.5) * GROWTH)

export function countPoint(histogram: Histogram, status: Health, latencyMs: number): void {
  histogram[status] += 1
  if (status === 'down') return
  const bin = binOf(latencyMs)
  histogram.bins.set(bin, (histogram.bins.get(bin) ?? 0) + 1)
}

export function addHistogram(into: Histogram, more: Histogram): void {
  into.up += more.up
  into.degraded += more.degraded
  into.down += more.down
  for (const [bin, count] of more.bins) into.bins.set(bin, (into.bins.get(bin) ?? 0) + count)
}

export const samplesOf = (histogram: Histogram): number => histogram.up + histogram.degraded + histogram.down

/** Degraded counts as available: it answered. */
export function measurementsOf(window: WindowMeasurements['window'], histogram: Histogram): WindowMeasurements {
  const samples = samplesOf(histogram)
  const [p50, p95, p99] = percentiles(histogram, [0.5, 0.95, 0.99])
  return {
    window,
    samples,
    uptime: samples === 0 ? undefined : (histogram.up + histogram.degraded) / samples,
    errorRate: samples === 0 ? undefined : histogram.down / samples,
    p50,
    p95,
    p99,
  }
}

/** Nearest-rank percentiles for rising `ranks`; undefined without any latency. */
export function percentiles(histogram: Histogram, ranks: readonly number[]): (number | undefined)[] {
  const bins = [...histogram.bins].sort(([a], [b]) => a - b)
  const total = bins.reduce((sum, [, count]) => sum + count, 0)
  return ranks.map(rank => {
    let left = Math.max(1, Math.ceil(total * rank))
    for (const [bin, count] of bins) {
      left -= count
      if (left <= 0) return latencyOf(bin)
    }
    return undefined
  })
}

/** Bins as bytes: bin, then its count in base 128, in pairs. Ten probes fit in about twenty bytes. */
export function encodeBins(bins: ReadonlyMap<number, number>): Uint8Array {
  const bytes: number[] = []
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) {
    bytes.push(bin)
    let rest = count
    while (rest >= 128) {
      bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    bytes.push(rest)
  }
  return Uint8Array.from(bytes)
}

export function decodeBins(bytes: Uint8Array): Map<number, number> {
  const bins = new Map<number, number>()
  for (let at = 0; at < bytes.length; ) {
    const bin = bytes[at++] ?? 0
    let count = 0
    let scale = 1
    for (let more = true; more && at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0
      more = byte >= 128
      count += (byte % 128) * scale
    }
    bins.set(bin, count)
  }
  return bins
}
