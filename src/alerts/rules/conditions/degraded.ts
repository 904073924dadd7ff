import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {defineCondition, reasonOf, whileDown} from './condition.ts'

/** It answers, but slowly or in part. A failed probe in between neither ends nor fires it. */
export const degraded = defineCondition({
  type: 'degraded',
  schema: lateObject(() => ({type: z.literal('degraded')})),
  judge(_condition, target, circumstances) {
    if (target.state === 'no data') return {breach: 'unknown', reason: 'no data'}
    if (target.state === 'degraded')
      return {breach: 'yes', since: target.since, reason: `degraded: ${reasonOf(target)}`}
    if (target.state === 'up') return {breach: 'no', reason: 'up again'}
    return whileDown(target, circumstances)
  },
})
