import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration} from '../../config/fields.ts'

export const tlsProbeSchema = lateObject(() => ({
  type: z.literal('tls'),
  host: z.string().min(1).describe('Host name or address'),
  port: z.number().int().min(1).max(65_535).default(443).describe('Port'),
  serverName: z
    .string()
    .min(1)
    .optional()
    .describe('Name that is asked for (SNI) and that the certificate must be for; the host when left out'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the authorities to trust; those known to Node.js when left out'),
  minVersion: z.enum(['1.2', '1.3']).default('1.2').describe('Oldest TLS that is accepted; an older one is down'),
  degradedBefore: duration('Degraded when a certificate of the chain ends sooner than this').default(14 * 86_400_000),
  downBefore: duration('Down when one ends sooner than this').default(0),
}))
export type TlsProbeSpec = z.infer<typeof tlsProbeSchema>
