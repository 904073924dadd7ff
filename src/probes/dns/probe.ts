import {domainToASCII} from 'node:url'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {reasonOf} from '../../connections/reason.ts'
import type {Check} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import {askServer} from './ask.ts'
import {judgeDnsAnswer, type Judgement, worstOf} from './judge.ts'
import type {DnsProbeSpec} from './schema.ts'
import {type NameServer, parseServer, writeServer} from './servers.ts'

/** Asks every name server by itself: the resolver of a machine would hide the one that fails behind the next. */
export const openDnsProbe = (spec: DnsProbeSpec, {clock}: ProbeTools): Probe => ({
  run: signal =>
    attemptProbe(clock, signal, async () => {
      const servers = (spec.servers ?? process.getBuiltinModule('node:dns').getServers()).flatMap(
        server => parseServer(server) ?? [],
      )
      if (servers.length === 0) return {status: 'down', reason: 'this machine has no name server'}
      const asked = await Promise.all(servers.map(server => judgeServer(server, spec, signal)))
      signal.throwIfAborted()
      return {...resultOf(servers, asked), detail: {address: escapeLine(`${spec.record} ${spec.name}`, 200)}}
    }),
})

async function judgeServer(server: NameServer, spec: DnsProbeSpec, signal: AbortSignal): Promise<Judgement> {
  const late = AbortSignal.timeout(spec.timeout)
  try {
    const name = domainToASCII(spec.name) || spec.name
    const answer = await askServer(server, {name, type: spec.record}, AbortSignal.any([signal, late]))
    return judgeDnsAnswer(answer, spec)
  } catch (error) {
    const detail = late.aborted ? `no answer within ${formatDuration(spec.timeout)}` : reasonOf(error)
    return {status: 'down', detail, count: 0, ttlSeconds: undefined}
  }
}

function resultOf(servers: readonly NameServer[], asked: readonly Judgement[]): Found {
  const checks = asked.map(({status, detail}, index): Check => {
    const server = servers[index]
    return {name: server ? writeServer(server) : '', status, detail}
  })
  const status = worstOf(checks)
  const told = checks.filter(check => (status === 'up' ? true : check.status !== 'up'))
  const alike = new Set(told.map(({detail}) => detail)).size === 1
  const reason =
    alike && told.length === checks.length
      ? told[0]?.detail
      : told.map(({name, detail}) => `${name}: ${detail}`).join('; ')
  const ttls = asked.flatMap(({ttlSeconds}) => ttlSeconds ?? [])
  return {
    status,
    reason: escapeLine(reason ?? '', 300),
    checks,
    values: {
      records: Math.min(...asked.map(({count}) => count)),
      ...(ttls.length === 0 ? {} : {ttlSeconds: Math.min(...ttls)}),
    },
  }
}
