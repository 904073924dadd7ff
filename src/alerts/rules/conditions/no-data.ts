import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {defineCondition, whileDown} from './condition.ts'

/** The monitor runs, but nothing comes from this target. */
export const noData = defineCondition({
  type: 'no data',
  schema: lateObject(() => ({type: z.literal('no data')})),
  judge(_condition, target, circumstances) {
    const {unprobed} = target
    const forMs = unprobed === undefined ? 0 : 2 * target.intervalMs
    if (target.state === 'down') return {forMs, ...whileDown(target, circumstances)}
    if (target.state !== 'no data') return {forMs, breach: 'no', reason: `data arrives again: ${target.state}`}
    if (circumstances.now <= (target.firstResultBy ?? target.watchedSince + 2 * target.intervalMs))
      return {forMs, breach: 'unknown', reason: 'monitoring has just started'}
    const last = target.sample === undefined ? 'never seen' : `last seen ${target.sample.status}`
    const why = unprobed === undefined ? '' : `could not probe: ${unprobed.reason}; `
    return {forMs, breach: 'yes', since: target.since, reason: `no data, ${why}${last}`}
  },
})
