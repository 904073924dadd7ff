import type {Check, Health} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'
import {formatDuration} from '../../units/duration.ts'
import {type DnsAnswer, sameForm} from './message.ts'
import type {DnsProbeSpec} from './schema.ts'

const RCODES: Readonly<Record<number, string>> = {
  1: 'did not understand the question (FORMERR)',
  2: 'failed to find out (SERVFAIL): its zone is broken or it cannot reach another server',
  4: 'does not answer such questions (NOTIMP)',
  5: 'refuses to answer (REFUSED)',
}

export interface Judgement {
  readonly status: Health
  readonly detail: string
  readonly count: number
  /** The least of the records; undefined without any. */
  readonly ttlSeconds: number | undefined
}

/** What one answer is worth. Pure. */
export function judgeDnsAnswer(answer: DnsAnswer, spec: DnsProbeSpec): Judgement {
  const {record, name, expect} = spec
  const values = answer.records.map(({value}) => value)
  const ttlSeconds = values.length === 0 ? undefined : Math.min(...answer.records.map(each => each.ttlSeconds))
  const judged = (status: Health, text: string): Judgement => ({
    status,
    detail: escapeLine(text, 300),
    count: values.length,
    ttlSeconds,
  })
  if (answer.rcode === 3) return judged('down', `there is no name ${name} (NXDOMAIN)`)
  if (answer.rcode !== 0) return judged('down', RCODES[answer.rcode] ?? `answered with error ${answer.rcode}`)
  if (values.length === 0) return judged('down', `${name} has no ${record} record`)
  const problem = problemOf(values, spec)
  if (problem !== undefined) return judged('down', problem)
  const count = expect.atLeast > 1 || values.length > 3 ? `${values.length} records: ` : ''
  return judged('up', `${count}${listed(values)}, TTL ${formatDuration((ttlSeconds ?? 0) * 1000)}`)
}

function problemOf(values: readonly string[], {record, expect}: DnsProbeSpec): string | undefined {
  const found = new Set(values.map(value => sameForm(value, record)))
  const lacking = [...(expect.equals ?? []), ...(expect.contains ?? [])].filter(
    wanted => !found.has(sameForm(wanted, record)),
  )
  if (lacking.length > 0) return `lacks ${listed([...new Set(lacking)])}; has ${listed(values)}`
  const wanted = new Set(expect.equals?.map(each => sameForm(each, record)))
  const more = values.filter(value => expect.equals !== undefined && !wanted.has(sameForm(value, record)))
  if (more.length > 0) return `has ${listed(more)}, which is not expected`
  if (values.length < expect.atLeast)
    return `has ${values.length} of at least ${expect.atLeast} records: ${listed(values)}`
  return undefined
}

function listed(values: readonly string[]): string {
  const shown = [...values]
    .sort()
    .slice(0, 5)
    .map(value => escapeLine(value, 80))
  return shown.join(', ') + (values.length > 5 ? ` and ${values.length - 5} more` : '')
}

/** One of several servers that fails is degraded, for the next is asked then; all of them are down. */
export function worstOf(checks: readonly Check[]): Health {
  if (checks.every(({status}) => status === 'down')) return 'down'
  return checks.some(({status}) => status !== 'up') ? 'degraded' : 'up'
}
