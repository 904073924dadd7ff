import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'
import {formatDuration} from '../../../units/duration.ts'
import type {AlertTarget} from '../../alert-target.ts'
import {defineCondition, freshValues, type Judgement, reasonOf} from './condition.ts'
import {limitFields, limitOf} from './limit.ts'
import {measuredAt, measuredNow, measuredSince, STATISTICS, statisticOf} from './measured.ts'
import {quantity} from './quantity.ts'
import {formatMeasured, wordsOf} from './words.ts'

const schema = lateObject(() => ({
  type: z.literal('threshold'),
  measurement: z.string().min(1).describe('What is measured: latency, or a value of the probe such as connections'),
  above: quantity('A breach when it is more than this').optional(),
  below: quantity('A breach when it is less than this').optional(),
  ...limitFields(),
  over: duration('Look at all probes of so long, two hours at most, instead of the newest').optional(),
  statistic: z.enum(STATISTICS).default('mean').describe('What of them, with over'),
  counting: z
    .string()
    .optional()
    .describe('What it is a share of, such as lookups or requests: none, and it says nothing'),
  enough: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Of fewer of what is counted, or of fewer probes, it says nothing'),
  absent: z.enum(['unknown', 'breach']).default('unknown').describe('What it is when the measurement is missing'),
}))
type Threshold = z.output<typeof schema>

/** A measurement over or under a limit. */
export const threshold = defineCondition({
  type: 'threshold',
  schema,
  judge(condition, target) {
    const {measurement, above, below} = condition
    const limit = limitOf(target, above ?? below ?? 0, condition)
    if (limit === undefined) return {breach: 'unknown', reason: 'no data'}
    const few = tooFew(condition, target)
    if (few !== undefined) return {breach: 'unknown', reason: few}
    const value = valueOf(condition, target)
    if (value === undefined) return missing(condition, target)
    const {said, limit: limitWords} = wordsOf(measurement)
    const stretch = condition.over === undefined ? '' : ` (${condition.statistic} of ${formatDuration(condition.over)})`
    const words = `${said(formatMeasured(measurement, value))}${stretch}`
    const shown = formatMeasured(measurement, limit)
    if (above !== undefined && value > limit)
      return {breach: 'yes', reason: `${words}, ${limitWords?.(shown) ?? `above ${shown}`}`}
    if (below !== undefined && value < limit) return {breach: 'yes', reason: `${words}, below ${shown}`}
    return {breach: 'no', reason: words}
  },
})

function valueOf({measurement, over, statistic, enough, counting}: Threshold, target: AlertTarget): number | undefined {
  if (over === undefined) return measuredNow(target, measurement)
  const since = (target.sample?.at ?? 0) - over
  const values = measuredSince(target, since).flatMap(point => measuredAt(point, measurement) ?? [])
  return values.length < (counting === undefined ? (enough ?? 2) : 1) ? undefined : statisticOf(values, statistic)
}

/** Why it says nothing: a share of nothing, or of too few. What does not tell how many there were, is believed. */
function tooFew({counting, enough = 1, measurement}: Threshold, target: AlertTarget): string | undefined {
  if (counting === undefined) return undefined
  const values = freshValues(target)
  if (values[measurement] === undefined || values[`${counting}PerSecond`] === 0) return `no ${counting} to judge by`
  const count = values[counting] ?? enough
  return count < enough ? `only ${count} ${counting} to judge by, ${enough} are needed` : undefined
}

function missing({absent, measurement}: Threshold, target: AlertTarget): Judgement {
  if (absent === 'unknown' || target.state === 'no data') return {breach: 'unknown', reason: 'no data'}
  const none = wordsOf(measurement).none ?? `${measurement} is missing`
  return {breach: 'yes', reason: target.state === 'down' ? reasonOf(target) : none}
}
