import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {defineCondition} from './condition.ts'
import {measuredNow} from './measured.ts'

/** The target answers, but does not say what it should. Where it does not answer, `no data` and `failures` speak. */
export const absence = defineCondition({
  type: 'absence',
  schema: lateObject(() => ({
    type: z.literal('absence'),
    measurement: z.string().min(1).describe('Measurement that should be there, such as replicationLagMs'),
  })),
  judge({measurement}, target) {
    if (target.state === 'no data' || target.state === 'down')
      return {breach: 'unknown', reason: `${measurement} cannot be asked for: ${target.state}`}
    return measuredNow(target, measurement) === undefined
      ? {breach: 'yes', reason: `${measurement} is missing from the answer`}
      : {breach: 'no', reason: `${measurement} is there again`}
  },
})
