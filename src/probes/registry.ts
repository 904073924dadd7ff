import type {z} from 'zod'
import {drivers} from '../kinds/drivers.ts'
import {commandProbe} from './command/driver.ts'
import {dnsProbe} from './dns/driver.ts'
import {httpProbe} from './http/driver.ts'
import {postgresProbe} from './postgres/driver.ts'
import {redisProbe} from './redis/driver.ts'
import {tcpProbe} from './tcp/driver.ts'
import {tlsProbe} from './tls/driver.ts'

/** Every probe. Adding one: its folder, and one line here. */
export const probes = drivers([httpProbe, tcpProbe, redisProbe, postgresProbe, commandProbe, tlsProbe, dnsProbe])
export type ProbeSpec = z.output<typeof probes.schema>
