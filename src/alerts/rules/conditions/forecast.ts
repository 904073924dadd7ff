import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'
import {formatDuration} from '../../../units/duration.ts'
import {defineCondition} from './condition.ts'
import {limitFields, limitOf} from './limit.ts'
import {measuredAt, measuredNow, measuredSince} from './measured.ts'
import {quantity} from './quantity.ts'
import {formatMeasured, wordsOf} from './words.ts'

const FEWEST_POINTS = 10

/** When a measurement reaches a limit if it goes on as it did: a straight line, by least squares, through a stated window. */
export const forecast = defineCondition({
  type: 'forecast',
  schema: lateObject(() => ({
    type: z.literal('forecast'),
    measurement: z.string().min(1).describe('What is measured, such as sizeBytes or usedBytes'),
    reaches: quantity('The limit'),
    ...limitFields(),
    within: duration('A breach when the limit is reached sooner than this').default(14_400_000),
    over: duration('The line goes through the probes of so long, two hours at most').default(3_600_000),
  })),
  judge(condition, target) {
    const {measurement, within, over} = condition
    const limit = limitOf(target, condition.reaches, condition)
    const value = measuredNow(target, measurement)
    if (limit === undefined || value === undefined) return {breach: 'unknown', reason: 'no data'}
    const points = measuredSince(target, (target.sample?.at ?? 0) - over).flatMap(point => {
      const measured = measuredAt(point, measurement)
      return measured === undefined ? [] : [{at: point.at, value: measured}]
    })
    const span = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)
    if (points.length < FEWEST_POINTS || span < over / 2)
      return {breach: 'unknown', reason: `only ${formatDuration(span)} of ${formatDuration(over)} to judge by`}
    const {said} = wordsOf(measurement)
    const words = said(formatMeasured(measurement, value))
    const shown = formatMeasured(measurement, limit)
    const left = timeLeft(slopeOf(points), value, limit)
    const pace = `at the pace of the last ${formatDuration(over)}`
    if (left <= within) return {breach: 'yes', reason: `${words} reaches ${shown} in ${formatDuration(left)} ${pace}`}
    const when = Number.isFinite(left) ? `in ${formatDuration(left)}` : 'never'
    return {breach: 'no', reason: `${words} reaches ${shown} ${when} ${pace}`}
  },
})

/** Milliseconds; Infinity when it moves away from the limit, or not at all. What grew past it has reached it. */
function timeLeft(slope: number, value: number, limit: number): number {
  if (value === limit || (value > limit && slope > 0)) return 0
  const left = (limit - value) / slope
  return left > 0 ? left : Infinity
}

/** Change a millisecond. */
function slopeOf(points: readonly {readonly at: number; readonly value: number}[]): number {
  const mean = (of: (point: {readonly at: number; readonly value: number}) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [at, value] = [mean(point => point.at), mean(point => point.value)]
  return mean(point => (point.at - at) * (point.value - value)) / mean(point => (point.at - at) ** 2)
}
