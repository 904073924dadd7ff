import {z} from 'zod'
import type {AlertTarget} from '../../alert-target.ts'
import {absence} from './absence.ts'
import {baseline} from './baseline.ts'
import {burn} from './burn.ts'
import type {Circumstances, ConditionKind, Judgement} from './condition.ts'
import {degraded} from './degraded.ts'
import {errorRate} from './error-rate.ts'
import {failures} from './failures.ts'
import {forecast} from './forecast.ts'
import {noData} from './no-data.ts'
import {threshold} from './threshold.ts'

/** Every kind of condition. Adding one: its file, and a word in each of these two lists. */
const CONDITIONS = [failures, degraded, noData, threshold, errorRate, baseline, forecast, absence, burn] as const

export const conditionSchema = z.discriminatedUnion('type', [
  failures.schema,
  degraded.schema,
  noData.schema,
  threshold.schema,
  errorRate.schema,
  baseline.schema,
  forecast.schema,
  absence.schema,
  burn.schema,
])
export type Condition = z.output<typeof conditionSchema>

const judges: ReadonlyMap<string, ConditionKind<string, z.ZodType>['judge']> = new Map(
  CONDITIONS.map(({type, judge}) => [type, judge as ConditionKind<string, z.ZodType>['judge']]),
)

/** What a condition finds in a target. The schema lets no other type through. */
export function judge(condition: Condition, target: AlertTarget, circumstances: Circumstances): Judgement {
  const known = judges.get(condition.type)
  return known ? known(condition, target, circumstances) : {breach: 'unknown', reason: `no condition ${condition.type}`}
}
