import {pushNumber, readNumber} from '../units/base128.ts'

/**
 * Latencies counted in bins that grow by a constant factor, as in DDSketch (Masson, Rim, Lee 2019): merging is adding, and
 * a percentile of what was merged is as near as one of the whole.
 */
export type Bins = ReadonlyMap<number, number>

/** How far a percentile may be from the nearest rank, relative to it, between the smallest and the largest latency. */
export const RELATIVE_ERROR = 0.01

const RATIO = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const LOG_RATIO = Math.log(RATIO)
/** Faster is counted as this: a hundredth of a millisecond is how finely latencies are kept. */
const SMALLEST_MS = 0.01
/** Slower is counted as this, which is more than a day. */
const LAST_BIN = 1150

/** The bin whose latencies are above `SMALLEST_MS × RATIO^(bin - 1)` and up to one step more. */
export const binOf = (latencyMs: number): number =>
  latencyMs <= SMALLEST_MS ? 0 : Math.min(LAST_BIN, Math.ceil(Math.log(latencyMs / SMALLEST_MS) / LOG_RATIO))

/** As near to both ends of the bin, milliseconds. */
export const latencyOf = (bin: number): number => SMALLEST_MS * Math.exp(bin * LOG_RATIO) * (2 / (RATIO + 1))

export function addBins(into: Map<number, number>, more: Bins): void {
  for (const [bin, count] of more) into.set(bin, (into.get(bin) ?? 0) + count)
}

/** How many took longer than the limit; those within one step of it may be on either side. */
export function countAbove(bins: Bins, limitMs: number): number {
  const last = binOf(limitMs)
  let above = 0
  for (const [bin, count] of bins) if (bin > last) above += count
  return above
}

/** Nearest-rank percentiles for rising `ranks` of all bins together; undefined without any latency. */
export function percentiles(parts: readonly Bins[], ranks: readonly number[]): (number | undefined)[] {
  const [first = new Map<number, number>(), ...others] = parts
  const bins = others.length === 0 ? first : new Map(first)
  for (const more of others) addBins(bins as Map<number, number>, more)
  const sorted = new Uint16Array(bins.size)
  let total = 0
  let place = 0
  for (const [bin, count] of bins) {
    sorted[place++] = bin
    total += count
  }
  // Numbers sorted as such need no pair, and no call, for each.
  sorted.sort()
  let at = 0
  let below = 0
  return ranks.map(rank => {
    const wanted = Math.max(1, Math.ceil(total * rank))
    for (; at < sorted.length; at++) {
      const bin = sorted[at] ?? 0
      const count = bins.get(bin) ?? 0
      if (below + count >= wanted) return latencyOf(bin)
      below += count
    }
    return undefined
  })
}

/** The first byte of what is kept, which no older form began with. */
const FORM = 255

/** Each bin as its distance from the one before and, unless it is 1, its count: a byte for most probes. */
export function encodeBins(bins: Bins): Uint8Array {
  const bytes = [FORM]
  let before = 0
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) {
    pushNumber(bytes, (bin - before) * 2 + (count === 1 ? 0 : 1))
    if (count !== 1) pushNumber(bytes, count)
    before = bin
  }
  return Uint8Array.from(bytes)
}

export function decodeBins(bytes: Uint8Array): Map<number, number> {
  if (bytes[0] !== FORM) return decodeCoarse(bytes)
  const reader = {bytes, at: 1}
  const bins = new Map<number, number>()
  let bin = 0
  while (reader.at < bytes.length) {
    const step = readNumber(reader)
    bin += step >> 1
    bins.set(bin, step % 2 === 0 ? 1 : readNumber(reader))
  }
  return bins
}

/** In stores of version 0.1 bins grew by 6 % from 0.1 ms, a byte each, then its count. One is counted at its middle, within 4 %. */
const COARSE_GROWTH = Math.log(1.06)

function decodeCoarse(bytes: Uint8Array): Map<number, number> {
  const reader = {bytes, at: 0}
  const bins = new Map<number, number>()
  while (reader.at < bytes.length) {
    const coarse = bytes[reader.at++] ?? 0
    addBins(bins, new Map([[binOf(0.1 * Math.exp((coarse + 0.5) * COARSE_GROWTH)), readNumber(reader)]]))
  }
  return bins
}
