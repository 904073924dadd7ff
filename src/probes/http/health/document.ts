import type {Check, Health} from '../../../monitors/sample.ts'
import {escapeLine} from '../../../text/escape.ts'
import {checksIn, collection} from './checks.ts'
import {flatChecks} from './flat.ts'
import {isObject, isVerdictKey, type Json, type OwnWords, statementOf} from './statement.ts'

/** What a health document says (H2), in whatever dialect. */
export interface HealthDocument {
  /** Undefined: it has no status of its own. */
  readonly status: Health | undefined
  /** Why its own status is not up, when it says so or is not understood. */
  readonly reason: string | undefined
  readonly version: string | undefined
  readonly checks: readonly Check[]
}

const CHECK_LIMIT = 50
const SECTIONS = /^(details|info|error|errors|data|status)$/i

/** Undefined when the value says nothing of anybody's health. */
export function readHealthDocument(value: unknown, words: OwnWords = {}): HealthDocument | undefined {
  if (Array.isArray(value)) return readList(value, words)
  if (!isObject(value)) return undefined
  const statement = statementOf(value, words)
  const named = checksIn(value, words)
  const seen = new Set(named.map(check => check.name))
  const flat = flatChecks(value, words).filter(check => !seen.has(check.name) && !SECTIONS.test(check.name))
  const checks = [...named, ...flat]
  if (statement === undefined && checks.length === 0) return undefined
  return {
    status: statement?.health,
    reason: statement?.reason,
    version: versionOf(value),
    checks: withoutDoubles(checks).slice(0, CHECK_LIMIT),
  }
}

/** A list of checks alone, as Consul has it. */
function readList(list: readonly unknown[], words: OwnWords): HealthDocument | undefined {
  if (list.length === 0 || !list.every(one => isObject(one) && Object.keys(one).some(isVerdictKey))) return undefined
  const checks = collection(list, {words, prefix: '', depth: 0, all: true})
  return {status: undefined, reason: undefined, version: undefined, checks: checks.slice(0, CHECK_LIMIT)}
}

/** The worst first where two sections name the same check (`error` and `details` of Terminus). */
function withoutDoubles(checks: readonly Check[]): readonly Check[] {
  return checks.filter(
    (check, index) =>
      !checks.some((other, at) => at < index && other.name === check.name && other.status === check.status),
  )
}

function versionOf(value: Json): string | undefined {
  const {version} = value
  const found = isObject(version) ? version['number'] : (version ?? value['releaseId'] ?? value['appVersion'])
  return typeof found === 'string' || typeof found === 'number' ? escapeLine(String(found), 60) : undefined
}
