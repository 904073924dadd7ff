import {expect, test} from 'vitest'
import {figuresTable, releaseFigures} from './figures.ts'
import {createSlownessWatch} from './slowness.ts'

const versions = {before: '1.0.0', after: '2.0.0'}

test('the report of a deploy has figures of both versions, latency side by side', () => {
  const slowness = createSlownessWatch([10, 12, 14], 2)
  slowness.add([20, 30, Number.POSITIVE_INFINITY], [11], 1000)
  const figures = releaseFigures({
    'counted at first': {ms: 1000, requests: 100, errors: 1},
    'counted before the switch': {ms: 6000, requests: 600, errors: 2},
    watch: {verdict: 'good', reason: '', ms: 2000, requests: 150, errors: 3, latency: slowness.measured()},
  })
  expect(figures).toEqual({
    before: {ms: 5000, requests: 500, errors: 1, latency: {requests: 4, p50: 12, p95: 14, p99: 14}},
    after: {ms: 2000, requests: 150, errors: 3, latency: {requests: 3, p50: 30, p95: null, p99: null}},
  })
  expect(figuresTable(figures, versions).slice(2, 4)).toEqual([
    '| before the switch | 1.0.0 | 5.0 | 500 | 100.0 | 1 (0.20 %) | 12 | 14 | 14 |',
    '| after it | 2.0.0 | 2.0 | 150 | 75.0 | 3 (2.00 %) | 30 | – | – |',
  ])
})

test('what was not reached, or is not counted, has dashes and no numbers', () => {
  expect(releaseFigures({'counted at first': null})).toEqual({before: undefined, after: undefined})
  expect(figuresTable(releaseFigures({}), versions)[3]).toBe('| after it | 2.0.0 | – | – | – | – | – | – | – |')
})
