import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration, share} from '../../../config/fields.ts'
import {formatDuration} from '../../../units/duration.ts'
import {formatShare} from '../../../units/number.ts'
import {defineCondition} from './condition.ts'
import {measuredSince} from './measured.ts'

/** The share of probes that failed. What a release answers to its visitors is the threshold of its `errorRate`. */
export const errorRate = defineCondition({
  type: 'error rate',
  schema: lateObject(() => ({
    type: z.literal('error rate'),
    above: share('A breach when a larger share of the probes failed').default(0.05),
    over: duration('Of the probes of so long, two hours at most').default(300_000),
    enough: z.number().int().min(1).default(10).describe('Of fewer probes it says nothing'),
  })),
  judge({above, over, enough}, target) {
    const probes = measuredSince(target, (target.sample?.at ?? 0) - over)
    if (probes.length < enough)
      return {breach: 'unknown', reason: `only ${probes.length} probes to judge by, ${enough} are needed`}
    const rate = probes.filter(({status}) => status === 'down').length / probes.length
    const said = `${formatShare(rate)} of ${probes.length} probes failed in ${formatDuration(over)}`
    return rate > above ? {breach: 'yes', reason: `${said}, above ${formatShare(above)}`} : {breach: 'no', reason: said}
  },
})
