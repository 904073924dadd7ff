import {expect, test} from 'vitest'
import {openLiveFigures, type Shown, wayToBound} from './live-figures.ts'

const look = (ms: number, more: Partial<Shown> = {}): Shown => ({
  versions: ['1.0.0', '1.2.0'],
  totals: {stable: {requests: ms, bad: 0}, canary: {requests: ms / 10, bad: 0}},
  times: {stable: [10, 12], canary: [11]},
  judgement: {verdict: 'inconclusive', reason: 'nothing is proved yet', evidence: 1, bound: 1000, moreMs: undefined},
  maxErrorRate: 0.05,
  slowMs: 50,
  ms,
  at: 1_000_000 + ms,
  ...more,
})

test('rates are of the last five seconds, errors of the whole stage', () => {
  const figures = openLiveFigures()
  for (let ms = 0; ms <= 60_000; ms += 250) figures(look(ms))
  // Nothing arrives any more: an average since the beginning would still say a thousand a second.
  const still = {stable: {requests: 60_000, bad: 600}, canary: {requests: 6_000, bad: 900}}
  let seen = figures(look(60_250, {totals: still}))
  for (let ms = 60_500; ms <= 66_000; ms += 250) seen = figures(look(ms, {totals: still}))
  expect(seen.figures.map(({name, values, over}) => [name, ...values, over])).toEqual([
    ['requests', '0.0/s', '0.0/s', false],
    ['errors', '1.0%', '15%', true],
    ['p50', '12ms', '11ms', false],
    ['p95', '12ms', '11ms', false],
    ['p99', '12ms', '11ms', false],
  ])
  expect(seen.sides).toEqual(['stable 1.0.0', 'canary 1.2.0'])
})

test('evidence is one value a second, its peak, and at most two minutes of it', () => {
  const figures = openLiveFigures()
  const judged = (evidence: number) => ({...look(0).judgement, evidence})
  figures(look(0, {judgement: judged(1)}))
  figures(look(250, {judgement: judged(31.6)}))
  expect(figures(look(500, {judgement: judged(1)})).evidence.map(way => way.toFixed(1))).toEqual(['0.5'])
  let last = figures(look(750))
  for (let ms = 1_000; ms < 300_000; ms += 250) last = figures(look(ms))
  expect(last.evidence).toHaveLength(120)
})

test.each([
  [1, 0],
  [0, 0],
  [1000, 1],
  [Number.POSITIVE_INFINITY, 1],
  [Number.NaN, 0],
])('evidence %d of 1,000 is %d of the way', (evidence, way) => {
  expect(wayToBound({evidence, bound: 1000})).toBe(way)
})

test('what nobody knows is a dash, and no limit is drawn for it', () => {
  const nothing = {stable: {requests: 0, bad: 0}, canary: {requests: 0, bad: 0}}
  const seen = openLiveFigures()(look(0, {totals: nothing, times: {stable: [], canary: []}, slowMs: undefined}))
  expect(seen.figures.map(({values, limit}) => [...values, limit])).toEqual([
    ['–', '–', undefined],
    ['–', '–', '5.0%'],
    ['–', '–', undefined],
    ['–', '–', undefined],
    ['–', '–', undefined],
  ])
})
