import type {Check, Health} from '../../monitors/sample.ts'
import {escapeLine} from '../../text/escape.ts'

/** What a health document says (H2): `{status, version, uptime, checks: {database: {status}, redis: "ok"}}`. */
export interface HealthDocument {
  /** Undefined: it has no status of its own. */
  readonly status: Health | undefined
  readonly version: string | undefined
  readonly checks: readonly Check[]
}

const CHECK_LIMIT = 50
const WORDS: Readonly<Record<string, Health>> = {
  ok: 'up',
  pass: 'up',
  passing: 'up',
  up: 'up',
  healthy: 'up',
  ready: 'up',
  alive: 'up',
  true: 'up',
  connected: 'up',
  warn: 'degraded',
  warning: 'degraded',
  degraded: 'degraded',
  slow: 'degraded',
  partial: 'degraded',
  fail: 'down',
  failed: 'down',
  failing: 'down',
  down: 'down',
  unhealthy: 'down',
  error: 'down',
  critical: 'down',
  unavailable: 'down',
  disconnected: 'down',
  false: 'down',
}
const LATENCY_FIELDS = ['latencyMs', 'latency_ms', 'responseTimeMs', 'responseTime', 'durationMs', 'latency'] as const
const TOLD_ELSEWHERE = new Set<string>(['status', 'healthy', ...LATENCY_FIELDS])

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Undefined when the text is no health document: not a JSON object with a `status` or `checks`. */
export function readHealthDocument(value: unknown): HealthDocument | undefined {
  if (!isObject(value)) return undefined
  const {status, version, checks} = value
  if (typeof status !== 'string' && typeof status !== 'boolean' && !isObject(checks)) return undefined
  return {
    status: healthWord(status),
    version: typeof version === 'string' || typeof version === 'number' ? escapeLine(String(version), 60) : undefined,
    checks: isObject(checks) ? Object.entries(checks).flatMap(readEntry).slice(0, CHECK_LIMIT) : [],
  }
}

/** Words that are not known say nothing: undefined. */
function healthWord(value: unknown): Health | undefined {
  return typeof value === 'string' || typeof value === 'boolean' ? WORDS[String(value).toLowerCase().trim()] : undefined
}

/** A check may be a word, an object, or (IETF health+json) a list of objects. */
function readEntry([name, value]: [string, unknown]): readonly Check[] {
  return Array.isArray(value) ? value.map(one => readCheck(name, one)) : [readCheck(name, value)]
}

function readCheck(name: string, value: unknown): Check {
  const label = escapeLine(name, 60)
  if (!isObject(value)) {
    const status = healthWord(value)
    const detail = escapeLine(typeof value === 'string' ? value : JSON.stringify(value), 160)
    // A bare figure such as `memory: 41` has no verdict; a word nobody knows is not called healthy.
    return {name: label, status: status ?? (typeof value === 'number' ? 'up' : 'degraded'), detail}
  }
  const told = value['status'] ?? value['healthy']
  const latency = LATENCY_FIELDS.map(field => value[field]).find(each => typeof each === 'number')
  const known = told === undefined ? 'up' : (healthWord(told) ?? 'degraded')
  return {
    name: label,
    status: known,
    detail: describe(value, told),
    ...(latency === undefined ? {} : {latencyMs: latency}),
  }
}

/** The words of a check: its message first, then its other plain fields. */
function describe(value: Json, told: unknown): string {
  const parts = Object.entries(value)
    .filter(([key, part]) => !TOLD_ELSEWHERE.has(key) && ['string', 'number', 'boolean'].includes(typeof part))
    .map(([key, part]) =>
      /^(?:message|error|reason|output|detail)$/.test(key) ? String(part) : `${key} ${String(part)}`,
    )
  const word = typeof told === 'string' ? told : ''
  return escapeLine(parts.length > 0 ? parts.join(', ') : word, 160)
}

/** The value at `checks.database.status` or `items.0.name`; undefined when it is not there. */
export function valueAt(document: unknown, path: string): unknown {
  let here: unknown = document
  for (const key of path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Json)[key]
  }
  return here
}
