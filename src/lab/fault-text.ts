import {OpsError} from '../errors.ts'
import {parseDuration} from '../units/duration.ts'

/** Parts that can be killed, named as faults name them. */
const PARTS = {
  redis: 'redis',
  postgres: 'postgres',
  haproxy: 'haproxy',
  replica: 'postgres-replica',
  'redis-replica': 'redis-replica',
  pooler: 'pooler',
  prometheus: 'prometheus',
  alertmanager: 'alertmanager',
} as const
export type BreakablePart = (typeof PARTS)[keyof typeof PARTS]

/** A fault as it is written: `redis-down`, `instance-down=blue-1`, `errors=50%@green`, `latency=500ms`. */
export type Fault =
  | {readonly kind: 'part-down' | 'part-hung'; readonly part: BreakablePart}
  | {readonly kind: 'instance-down' | 'instance-hung'; readonly instance: string}
  | {readonly kind: 'redis-full' | 'replica-cut' | 'redis-replica-cut' | 'pooler-full'}
  | {readonly kind: 'replica-lag'; readonly ms: number}
  /** On every running instance, or on those of a slot, or on one. */
  | {readonly kind: 'errors'; readonly share: number; readonly on: string | undefined}
  | {readonly kind: 'latency'; readonly ms: number; readonly on: string | undefined}
  | {readonly kind: 'health'; readonly status: number; readonly on: string | undefined}

/** What can be broken, for help and errors. */
export const FAULT_KINDS: readonly {readonly form: string; readonly meaning: string}[] = [
  {form: 'redis-down', meaning: 'Redis is killed (SIGKILL)'},
  {form: 'redis-hung', meaning: 'Redis is stopped (SIGSTOP): it accepts connections and never answers'},
  {form: 'redis-full', meaning: 'Redis has no memory left and refuses writes'},
  {form: 'postgres-down', meaning: 'PostgreSQL is killed (SIGKILL), as in a crash'},
  {form: 'postgres-hung', meaning: 'PostgreSQL accepts no new session'},
  {form: 'haproxy-down', meaning: 'HAProxy is killed: no page is served'},
  {form: 'replica-down', meaning: 'the replica of PostgreSQL is killed'},
  {form: 'replica-cut', meaning: 'the replica gets nothing from the primary any more, and answers what it has'},
  {form: 'replica-lag=DURATION', meaning: 'rows appear on the replica that much later'},
  {form: 'pooler-down', meaning: 'pgbouncer is killed'},
  {form: 'pooler-full', meaning: 'pgbouncer takes no more clients'},
  {form: 'redis-replica-down', meaning: 'the replica of Redis is killed'},
  {form: 'redis-replica-cut', meaning: 'the replica of Redis gets nothing any more, and answers what it has'},
  {form: 'prometheus-down', meaning: 'Prometheus is killed: its alerts end by themselves when they are not sent again'},
  {form: 'alertmanager-down', meaning: 'Alertmanager is killed: nobody knows its alerts'},
  {form: 'instance-down=NAME', meaning: 'an app instance is killed'},
  {form: 'instance-hung=NAME', meaning: 'an app instance is stopped and never answers'},
  {form: 'errors=SHARE[@ON]', meaning: 'a share of requests is answered 500; ON is a slot or an instance'},
  {form: 'latency=DURATION[@ON]', meaning: 'every request takes that much longer'},
  {form: 'health=STATUS[@ON]', meaning: 'the health documents answer that status'},
]

/** Raises `usage/arguments` with what is accepted. */
export function parseFault(text: string): Fault {
  const part =
    /^(redis|postgres|haproxy|replica|redis-replica|pooler|prometheus|alertmanager)-down$|^(redis|postgres)-hung$/.exec(
      text,
    )
  if (part?.[1]) return {kind: 'part-down', part: PARTS[part[1] as keyof typeof PARTS]}
  if (part?.[2]) return {kind: 'part-hung', part: PARTS[part[2] as keyof typeof PARTS]}
  if (text === 'redis-full' || text === 'replica-cut' || text === 'redis-replica-cut' || text === 'pooler-full')
    return {kind: text}
  const lag = /^replica-lag=(.+)$/.exec(text)
  if (lag?.[1]) {
    const ms = parseDuration(lag[1])
    if (ms !== undefined && ms > 0) return {kind: 'replica-lag', ms}
  }
  const instance = /^instance-(down|hung)=([a-z0-9-]+)$/.exec(text)
  if (instance?.[2]) return {kind: instance[1] === 'down' ? 'instance-down' : 'instance-hung', instance: instance[2]}
  const valued = /^(errors|latency|health)=([^@]+)(?:@([a-z0-9-]+))?$/.exec(text)
  const fault = valued ? valuedFault(valued[1] ?? '', valued[2] ?? '', valued[3]) : undefined
  if (fault !== undefined) return fault
  throw new OpsError('usage/arguments', `not a fault: ${JSON.stringify(text)}`, {
    hint: `Faults are ${FAULT_KINDS.map(kind => kind.form).join(', ')}.`,
  })
}

function valuedFault(kind: string, value: string, on: string | undefined): Fault | undefined {
  if (kind === 'errors') {
    const share = value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value)
    return share > 0 && share <= 1 ? {kind, share, on} : undefined
  }
  if (kind === 'latency') {
    const ms = parseDuration(value)
    return ms !== undefined && ms > 0 && ms <= 60_000 ? {kind, ms, on} : undefined
  }
  const status = Number(value)
  return kind === 'health' && Number.isInteger(status) && status >= 200 && status <= 599
    ? {kind, status, on}
    : undefined
}
