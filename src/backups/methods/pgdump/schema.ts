import {z} from 'zod'

export const pgdumpSchema = z
  .strictObject({type: z.literal('pgdump')})
  .describe('pgdump: logical, one database, custom format')
