import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {addBins, binOf, countAbove, decodeBins, encodeBins, percentiles, RELATIVE_ERROR} from './sketch.ts'

const sketchOf = (latencies: readonly number[]): Map<number, number> => {
  const bins = new Map<number, number>()
  for (const latency of latencies) addBins(bins, new Map([[binOf(latency), 1]]))
  return bins
}
const exactOf = (latencies: readonly number[], rank: number): number =>
  [...latencies].sort((a, b) => a - b)[Math.max(1, Math.ceil(latencies.length * rank)) - 1] ?? 0
/** From a hundredth of a millisecond to a day, every size as likely as the next. */
const latency = fc.double({min: Math.log(0.01), max: Math.log(86_400_000), noNaN: true}).map(Math.exp)
const latencies = fc.array(latency, {minLength: 1, maxLength: 400})
const byBin = ([a]: readonly [number, number], [b]: readonly [number, number]): number => a - b

test('a percentile of any parts, merged in any way, is within one percent of the exact nearest rank of the whole', () => {
  fc.assert(
    fc.property(
      latencies,
      fc.array(fc.nat(400), {maxLength: 6}),
      fc.constantFrom(0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1),
      (values, cuts, rank) => {
        const edges = [0, ...cuts.map(cut => cut % values.length).sort((a, b) => a - b), values.length]
        const parts = edges.slice(1).map((end, index) => sketchOf(values.slice(edges[index], end)))
        const merged = new Map<number, number>()
        for (const part of parts) addBins(merged, decodeBins(encodeBins(part)))
        const [apart] = percentiles(parts, [rank])
        const [near = 0] = percentiles([merged], [rank])
        const exact = exactOf(values, rank)
        return near === apart && Math.abs(near - exact) <= exact * (RELATIVE_ERROR + 1e-9)
      },
    ),
    {seed: 11, numRuns: 2000},
  )
})

test('several ranks at once are those asked for one by one', () => {
  fc.assert(
    fc.property(latencies, values => {
      const ranks = [0.5, 0.95, 0.99]
      const bins = sketchOf(values)
      expect(percentiles([bins], ranks)).toEqual(ranks.flatMap(rank => percentiles([bins], [rank])))
    }),
    {seed: 11, numRuns: 200},
  )
})

test('what is above a limit is counted exactly, but for latencies within two percent of it', () => {
  fc.assert(
    fc.property(latencies, latency, (values, limit) => {
      const above = countAbove(sketchOf(values), limit)
      expect(above).toBeGreaterThanOrEqual(values.filter(value => value > limit * 1.0203).length)
      expect(above).toBeLessThanOrEqual(values.filter(value => value > limit).length)
    }),
    {seed: 11, numRuns: 500},
  )
})

test('bins survive their encoding; ten probes need a dozen bytes', () => {
  fc.assert(
    fc.property(fc.array(latency, {maxLength: 500}), values => {
      const bins = sketchOf([...values, ...values.slice(0, 40)])
      expect(decodeBins(encodeBins(bins))).toEqual(new Map([...bins].sort(byBin)))
    }),
    {seed: 11, numRuns: 200},
  )
  expect(decodeBins(encodeBins(new Map([[3, 1_000_000]])))).toEqual(new Map([[3, 1_000_000]]))
  expect(encodeBins(sketchOf([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])).length).toBeLessThanOrEqual(14)
})

test('nothing has no percentile, and latencies outside the range are counted at its ends', () => {
  expect(percentiles([], [0.5, 0.99])).toEqual([undefined, undefined])
  const [low, high] = percentiles([sketchOf([0, 1e12])], [0.5, 1])
  expect(low).toBeLessThanOrEqual(0.01)
  expect(high).toBeGreaterThan(86_400_000)
})

test('bins of a store of version 0.1 are read within its error of three percent and one more', () => {
  const coarse = (latencyMs: number): number => Math.floor(Math.log(latencyMs / 0.1) / Math.log(1.06))
  for (const exact of [0.15, 1, 9.7, 48, 333, 4_999, 60_000]) {
    const [near = 0] = percentiles([decodeBins(Uint8Array.from([coarse(exact), 130, 1]))], [0.5])
    expect(Math.abs(near - exact)).toBeLessThan(exact * 0.041)
  }
  expect([...decodeBins(Uint8Array.from([200, 130, 1])).values()]).toEqual([130])
  expect(decodeBins(new Uint8Array())).toEqual(new Map())
})
