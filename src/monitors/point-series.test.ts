import {array, assert, constantFrom, integer, property, record} from 'fast-check'
import {expect, test} from 'vitest'
import {PointSeries} from './point-series.ts'
import {decodePoints} from './recent-points.ts'
import {histogramOf} from './roll-up.ts'
import type {Point} from './sample.ts'

const NOW = 1_764_000_000_000

const points = array(
  record({
    step: integer({min: -2_000, max: 600_000}),
    status: constantFrom('up', 'degraded', 'down'),
    latencyMs: integer({min: 0, max: 8_640_000_000}).map(parts => parts / 100),
    keptFor: integer({min: 0, max: 3_600_000}),
  }),
  {maxLength: 200},
)

test('a series holds what a list of points would', () => {
  assert(
    property(points, constantFrom<Point['values']>(undefined, {hitRate: 0.5}), (steps, values) => {
      const series = new PointSeries()
      let list: Point[] = []
      let at = NOW
      for (const {step, status, latencyMs, keptFor} of steps) {
        at += step
        // Measurements come with the third probe: the two before had none.
        const point: Point = {at, status, latencyMs, ...(values && list.length > 2 ? {values} : {})}
        series.push(point)
        list.push(point)
        series.dropUntil(at - keptFor)
        const oldest = list.findIndex(each => each.at > at - keptFor)
        list = oldest < 0 ? [] : list.slice(oldest)
      }
      expect(series.where(() => true)).toEqual(list)
      expect(series.where(moment => moment > NOW)).toEqual(list.filter(each => each.at > NOW))
      expect(series.countWhere(moment => moment > NOW)).toEqual(histogramOf(list.filter(each => each.at > NOW)))
      expect(series.last(60)).toEqual(list.slice(-60))
      const encoded = series.encodeLast(60)
      if (list.slice(-60).some(each => each.values)) expect(encoded).toBeUndefined()
      else expect(decodePoints(encoded ?? new Uint8Array([1]))).toEqual(list.slice(-60))
      series.shift(-3_600_000)
      expect(series.last(1)).toEqual(list.slice(-1).map(each => ({...each, at: each.at - 3_600_000})))
    }),
    {seed: 11, numRuns: 300},
  )
})
