import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {KEPT_MS, SPANS} from './history.ts'
import {piecesOf, spanStart} from './stretch.ts'

const NOW = 1_800_000_123_456
const rowsOf = (lengthMs: number): number =>
  piecesOf({since: NOW - lengthMs, until: NOW}, NOW).reduce(
    (sum, {span, since, until}) => sum + (until - since) / span,
    0,
  )

test('pieces follow each other without gap or overlap, on the borders of their span', () => {
  fc.assert(
    fc.property(fc.nat(40 * SPANS.day), fc.nat(40 * SPANS.day), (ago, length) => {
      const until = NOW - ago
      const pieces = piecesOf({since: until - length, until}, NOW)
      for (const [index, {span, since, until: end}] of pieces.entries()) {
        expect(since % span).toBe(0)
        expect(end % span).toBe(0)
        expect(since).toBeLessThan(end)
        if (index > 0) expect(since).toBe(pieces[index - 1]?.until)
      }
      expect(pieces.length).toBeLessThanOrEqual(5)
    }),
    {seed: 11, numRuns: 1000},
  )
})

test('all of a week is covered to five minutes, and of what is older to the hour or the day that is kept', () => {
  for (const [lengthMs, coarse] of [
    [SPANS.hour, SPANS.fiveMinutes],
    [SPANS.day, SPANS.fiveMinutes],
    [KEPT_MS.fiveMinutes, SPANS.fiveMinutes],
    [14 * SPANS.day, SPANS.hour],
    [30 * SPANS.day, SPANS.day],
  ] as const) {
    const pieces = piecesOf({since: NOW - lengthMs, until: NOW}, NOW)
    expect((pieces[0]?.since ?? Infinity) - (NOW - lengthMs)).toBeLessThan(coarse)
    expect(pieces.at(-1)?.until).toBe(spanStart(NOW, SPANS.fiveMinutes))
  }
})

test('however long it is, few rows are read', () => {
  expect(rowsOf(SPANS.day)).toBeLessThanOrEqual(47)
  expect(rowsOf(7 * SPANS.day)).toBeLessThanOrEqual(75)
  expect(rowsOf(30 * SPANS.day)).toBeLessThanOrEqual(64)
})
