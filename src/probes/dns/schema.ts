import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration} from '../../config/fields.ts'

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'SRV', 'NS'] as const
export type RecordType = (typeof RECORD_TYPES)[number]

const records = (meaning: string) => z.array(z.string().min(1)).min(1).describe(meaning).optional()

export const dnsProbeSchema = lateObject(() => ({
  type: z.literal('dns'),
  name: z.string().min(1).max(253).describe('Name to look up'),
  record: z.enum(RECORD_TYPES).default('A').describe('Type of record'),
  servers: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Name servers to ask, each of them: ADDRESS or ADDRESS:PORT; those of this machine when left out'),
  expect: z
    .strictObject({
      equals: records('Exactly these records, in any order, such as 10.0.0.7 or "10 mail.example.com"'),
      contains: records('These records, and maybe others'),
      atLeast: z.number().int().min(1).default(1).describe('How many records there must be'),
    })
    .prefault({})
    .describe('What counts as a good answer'),
  timeout: duration('Deadline of one name server').default(2_000),
}))
export type DnsProbeSpec = z.infer<typeof dnsProbeSchema>
