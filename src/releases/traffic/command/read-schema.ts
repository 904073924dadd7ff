import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {jsonPath} from '../../../platforms/fields.ts'

const words = (meaning: string) => z.array(z.string().min(1)).default([]).describe(meaning)

/** Where the answers stand in what the program of a platform prints, when it is not written for us. */
export const readSchema = lateObject(() => ({
  servers: jsonPath('Path of the list of servers; empty: the document is the list'),
  name: jsonPath('Path of the name or id, from a server'),
  placement: z
    .strictObject({
      at: jsonPath('Path of the value, from a server; `none` where there is nothing'),
      serving: words('Values that mean that it takes new requests; `>0`: any number above zero'),
      draining: words('Values that mean that it only finishes what it holds'),
      off: words('Values that mean that it gets nothing'),
    })
    .describe('Where a server is; a value that is in none of these lists is an error, never a guess'),
  unlisted: z
    .enum(['missing', 'off'])
    .default('missing')
    .describe('What a server of `ids` that is not in the list is: an error, or without traffic'),
  weight: jsonPath('Path of its share').optional(),
  healthy: z
    .strictObject({
      at: jsonPath('Path of the value, from a server'),
      yes: words('Values that mean that the platform finds it good'),
    })
    .optional()
    .describe('Whether the platform finds it good; left out where only the health path of the instance is asked'),
  detail: jsonPath('Path of what the platform says of it, for people').optional(),
  sessions: jsonPath('Path of the requests in flight').optional(),
  responses: jsonPath('Path of the answers since any beginning').optional(),
  errors: jsonPath('Path of the 5xx answers, likewise').optional(),
  refused: jsonPath('Path of the 4xx answers, likewise').optional(),
}))
export type ReadSpec = z.infer<typeof readSchema>
