import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {defineCondition, freshValues, reasonOf} from './condition.ts'

/** Down after so many consecutive failed probes; fewer are pending. */
export const failures = defineCondition({
  type: 'failures',
  schema: lateObject(() => ({
    type: z.literal('failures'),
    count: z.number().int().min(1).default(3).describe('So many failed probes in a row'),
  })),
  judge({count: needed}, target) {
    const forMs = target.failures >= needed ? 0 : Infinity
    if (target.state === 'no data') return {forMs, breach: 'unknown', reason: 'no data'}
    if (target.state === 'degraded')
      return {forMs, breach: 'no', reason: `answers again, but degraded: ${reasonOf(target)}`}
    if (target.state !== 'down') return {forMs, breach: 'no', reason: `answers again: ${target.state}`}
    // One that can be read is down for its age alone, which has a rule of its own: one fault, one alert.
    if (target.kind === 'backup' && freshValues(target)['rpoMs'] !== undefined)
      return {forMs, breach: 'no', ending: 'superseded', reason: `the catalogue is read: ${reasonOf(target)}`}
    const count = `${target.failures} of ${needed} failed probes`
    const words = target.failures >= needed ? `${target.failures} failed probes in a row` : count
    return {forMs, breach: 'yes', since: target.since, reason: `down: ${reasonOf(target)} (${words})`}
  },
})
