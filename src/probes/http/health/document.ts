import type {Check, Health} from '../../../monitors/sample.ts'
import {escapeLine} from '../../../text/escape.ts'
import {keyTest} from '../../../text/remembered.ts'
import {checksIn, collection, isSectionOfChecks} from './checks.ts'
import {readDialects, withoutOwn} from './dialects/read-dialect.ts'
import {flatChecks} from './flat.ts'
import {withoutRecords} from './records.ts'
import {
  hasKey,
  isObject,
  isVerdictKey,
  type Json,
  keyWhere,
  type OwnWords,
  type Statement,
  statementOf,
} from './statement.ts'
import {troubleIn} from './trouble.ts'
import {healthOfWord, worseOf} from './words.ts'

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
const SECTIONS = keyTest(/^(details|info|error|errors|data|status)$/i)

/**
 * Undefined when the value says nothing of anybody's health. What a product's dialect knows is put to what the words say; what
 * stands deep in a document that else says that all is well is looked for last.
 */
export function readHealthDocument(whole: unknown, words: OwnWords = {}, path = '/health'): HealthDocument | undefined {
  const dialect = readDialects(whole, path)
  const value = withoutRecords(whole, path)
  const rest = dialect !== undefined && isObject(value) ? withoutOwn(value, dialect.own) : value
  const document = readWords(rest, words)
  if (dialect === undefined)
    return isWell(document) ? (withTrouble(document, value, path) ?? unknownState(value, path)) : document
  const checks = [...dialect.checks, ...(document?.checks ?? [])]
  const status = dialect.health === undefined ? document?.status : worseOf(dialect.health, document?.status ?? 'up')
  const both = {
    ...(document ?? NOTHING),
    status,
    checks: theWorstOfEach(checks, new Set(dialect.checks.map(({name}) => name))).slice(0, CHECK_LIMIT),
  }
  return isWell(both) ? withTrouble(both, rest, path) : both
}

/** Where health is asked for, a state is one; a word that nobody knows, `null` and `0` are not called healthy. */
function unknownState(value: unknown, path: string): HealthDocument | undefined {
  if (!HEALTH_PATH.test(path)) return undefined
  const state = isObject(value) ? value['state'] : undefined
  if (typeof state === 'string') return notUnderstood(`state ${JSON.stringify(state)} is`)
  return value === null || value === 0 ? notUnderstood(`says ${value}, which is`) : undefined
}
const notUnderstood = (what: string): HealthDocument => ({
  ...NOTHING,
  status: 'degraded',
  reason: escapeLine(`${what} not understood`, 160),
})
const HEALTH_PATH = /(^|[/_.-])(health\w*|ready\w*|readiness|live\w*|status)\/?$/i

const NOTHING: HealthDocument = {status: undefined, reason: undefined, version: undefined, checks: []}

const isWell = (document: HealthDocument | undefined): boolean =>
  document === undefined || ((document.status ?? 'up') === 'up' && document.checks.every(({status}) => status === 'up'))

function withTrouble(document: HealthDocument | undefined, value: unknown, path: string): HealthDocument | undefined {
  const checks = troubleIn(value, path).slice(0, CHECK_LIMIT)
  return checks.length === 0 ? document : {...(document ?? NOTHING), checks: [...checks, ...(document?.checks ?? [])]}
}

/** Of the checks that a dialect names as well as the words do, the worst; the first of equals. */
const theWorstOfEach = (checks: readonly Check[], names: ReadonlySet<string>): readonly Check[] =>
  checks.filter(
    (check, index) =>
      !names.has(check.name) ||
      !checks.some(
        (other, at) =>
          at !== index &&
          other.name === check.name &&
          (at < index
            ? worseOf(other.status, check.status) === other.status
            : worseOf(check.status, other.status) !== check.status),
      ),
  )

function readWords(value: unknown, words: OwnWords): HealthDocument | undefined {
  if (Array.isArray(value)) return readList(value, words)
  if (!isObject(value)) return readScalar(value, words)
  const wrapped = unwrapped(value)
  if (wrapped !== undefined) return readWords(wrapped, words)
  const statement = statementOf(value, words) ?? grpcError(value) ?? envelopeError(value)
  const named = checksIn(value, words)
  const flat = flatChecks(value, words)
  const checks = flat.length === 0 ? named : [...named, ...besides(named, flat)]
  if (statement === undefined && checks.length === 0) return undefined
  return {
    status: statement?.health,
    reason: statement?.reason,
    version: versionOf(value),
    checks: withoutDoubles(checks).slice(0, CHECK_LIMIT),
  }
}

function besides(named: readonly Check[], flat: readonly Check[]): readonly Check[] {
  const seen = new Set(named.map(check => check.name))
  return flat.filter(check => !seen.has(check.name) && !SECTIONS.test(check.name))
}

/** `{data: {status: "DOWN"}}`: an envelope around what is said. */
const ENVELOPE = keyTest(/^(data|result|response|payload|body|value)$/i)
const speaks = (key: string): boolean => isVerdictKey(key) || isSectionOfChecks(key)
function unwrapped(value: Json): Json | undefined {
  const key = keyWhere(value, (each, one) => ENVELOPE.test(each) && isObject(one))
  const inner = key === undefined ? undefined : value[key]
  return isObject(inner) && !hasKey(value, speaks) && hasKey(inner, speaks) ? inner : undefined
}

/** What a gateway of gRPC answers for an error: `{code: 14, message: "connection refused", details: []}`. */
const grpcError = ({code, message, details}: Json): Statement | undefined =>
  typeof code === 'number' && code > 0 && typeof message === 'string' && Array.isArray(details)
    ? {health: 'degraded', reason: escapeLine(`code ${code}: ${message}`, 160)}
    : undefined

/** What an API answers for an error, though the status of HTTP is good: `{code: 503, message: "Service Unavailable"}`. */
function envelopeError({code, message, msg}: Json): Statement | undefined {
  const text = message ?? msg
  if (typeof code !== 'number' || code < 400 || code > 599 || typeof text !== 'string') return undefined
  return {health: 'down', reason: escapeLine(`code ${code}: ${text}`, 160)}
}

/** A document that is one value. What is no word, and nothing at all, is not taken for good. */
function readScalar(value: unknown, words: OwnWords): HealthDocument | undefined {
  const said = typeof value === 'string' ? (words[value] ?? healthOfWord(value)) : undefined
  const health = typeof value === 'boolean' ? (value ? 'up' : 'down') : said
  // Any other value, such as an address or a count, says nothing of health; an empty text says that there is none.
  if (health === undefined && value !== '') return undefined
  const text = `says ${JSON.stringify(value)}`
  return {
    status: health ?? 'degraded',
    reason: escapeLine(health === undefined ? `${text}, which is not understood` : text, 160),
    version: undefined,
    checks: [],
  }
}

/** A list of checks alone, as Consul has it. */
function readList(list: readonly unknown[], words: OwnWords): HealthDocument | undefined {
  if (list.length === 0 || !list.every(one => isObject(one) && hasKey(one, isVerdictKey))) return undefined
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
