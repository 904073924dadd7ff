import {z} from 'zod'
import {commandProbeSchema} from './command/schema.ts'
import {httpProbeSchema} from './http/schema.ts'
import {postgresProbeSchema} from './postgres/schema.ts'
import {redisProbeSchema} from './redis/schema.ts'
import {tcpProbeSchema} from './tcp/schema.ts'

/** Every probe driver's configuration. Adding a driver: its folder, and one line here and in `open.ts`. */
export const probeSchema = z
  .discriminatedUnion('type', [
    httpProbeSchema,
    tcpProbeSchema,
    redisProbeSchema,
    postgresProbeSchema,
    commandProbeSchema,
  ])
  .describe('How the service is looked at')
export type ProbeSpec = z.infer<typeof probeSchema>
