import {commandProbe} from './command/probe.ts'
import type {CommandProbeSpec} from './command/schema.ts'
import {httpProbe} from './http/probe.ts'
import {postgresProbe} from './postgres/probe.ts'
import type {Probe, ProbeTools} from './probe.ts'
import {redisProbe} from './redis/probe.ts'
import type {ProbeSpec} from './registry.ts'
import {tcpProbe} from './tcp/probe.ts'

/** Opens the driver of a probe. Nothing is connected and no secret is read before the first look. */
export function openProbe(spec: ProbeSpec, tools: ProbeTools): Probe {
  switch (spec.type) {
    case 'http':
      return httpProbe.open(spec, tools)
    case 'tcp':
      return tcpProbe.open(spec, tools)
    case 'redis':
      return redisProbe.open(spec, tools)
    case 'postgres':
      return postgresProbe.open(spec, tools)
    default:
      return commandProbe.open(spec satisfies CommandProbeSpec, tools)
  }
}
