import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'
import {formatDuration} from '../../../units/duration.ts'
import {formatCount} from '../../../units/number.ts'
import {defineCondition} from './condition.ts'
import {measuredAt, measuredSince, statisticOf} from './measured.ts'

/** Fewer probes than this have no 95th percentile worth comparing. */
const FEWEST_NOW = 5

/** Slower than usual at this time of day: p95 now against p95 of the same hour of the seven days before. */
export const baseline = defineCondition({
  type: 'baseline',
  schema: lateObject(() => ({
    type: z.literal('baseline'),
    times: z.number().positive().default(2).describe('A breach when it is more than so many times what is usual'),
    over: duration('Of the probes of so long, two hours at most').default(300_000),
    enough: z
      .number()
      .int()
      .min(1)
      .default(1000)
      .describe('So many in the same hour of the last seven days are needed to know what is usual'),
  })),
  judge({times, over, enough}, target, {now}) {
    const usual = target.past?.usual(now)
    const count = usual?.count ?? 0
    if (usual?.p95 === undefined || count < enough)
      return {breach: 'unknown', reason: `only ${count} in this hour of 7 days to judge by, ${enough} are needed`}
    const probes = measuredSince(target, (target.sample?.at ?? 0) - over)
    const latencies = probes.flatMap(point => measuredAt(point, 'latency') ?? [])
    const p95 = latencies.length < FEWEST_NOW ? undefined : statisticOf(latencies, 'p95')
    if (p95 === undefined)
      return {breach: 'unknown', reason: `only ${latencies.length} answers to judge by, ${FEWEST_NOW} are needed`}
    const said = `p95 ${formatDuration(p95)}, ${formatCount(p95 / usual.p95)} times the usual ${formatDuration(usual.p95)} of this hour`
    return p95 > times * usual.p95
      ? {breach: 'yes', reason: `${said}, above ${formatCount(times)} times`}
      : {breach: 'no', reason: said}
  },
})
