import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {burnWords} from './burn-words.ts'
import {defineCondition} from './condition.ts'

/** An error budget is spent too fast, in both windows of a pair. The figures are those of the target's objectives. */
export const burn = defineCondition({
  type: 'burn',
  schema: lateObject(() => ({
    type: z.literal('burn'),
    pairs: z
      .array(z.enum(['fast', 'slow', 'ticket']))
      .min(1)
      .default(['fast', 'slow'])
      .describe('fast: 1 h and 5 m, slow: 6 h and 30 m, ticket: 3 d and 6 h; one that burns is enough'),
  })),
  judge({pairs}, {slos = [], state}) {
    if (slos.length === 0) return {breach: 'no', reason: 'nothing is promised of it'}
    if (state === 'no data') return {breach: 'unknown', reason: 'no data'}
    for (const slo of slos)
      for (const each of slo.burns)
        if (each.burning && pairs.includes(each.name)) return {breach: 'yes', reason: burnWords(slo, each)}
    return {breach: 'no', reason: 'its error budget lasts'}
  },
})
