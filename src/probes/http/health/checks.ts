import type {Check} from '../../../monitors/sample.ts'
import {escapeLine} from '../../../text/escape.ts'
import {keyTest, remembered} from '../../../text/remembered.ts'
import {figureTrouble, isFigure} from './measure.ts'
import {hasKey, isObject, isVerdictKey, type Json, keyWhere, type OwnWords, statementOf} from './statement.ts'
import {healthOfWord} from './words.ts'

/** Deeper than Spring Boot's composite contributors ever are. */
const DEEPEST = 4

/** Keys under which every entry is a check. */
const CHECKS = keyTest(
  /^(checks?|components|entries|results|services|dependencies|deps|indicators|subsystems|systems|probes|contributors|health_?checks|monitors|check_?results|\w+_checks?)$/i,
)
export const isSectionOfChecks = (key: string): boolean => CHECKS.test(key)
/** Keys whose entries are checks, or anything else of an application: only a word that is known counts. */
const THINGS = keyTest(/^(entities|tasks|connectors?|servers|server_?status|members|upstreams)$/i)
/** Keys whose entries may be checks: those that speak of health are. */
const PERHAPS = keyTest(/^(details|info|error|errors|data|resources|nodes|instances|plugins|core|status)$/i)

const LATENCIES = keyTest(/^(latency|latency_?ms|response_?time(_?ms)?|duration_?ms)$/i)
/** Which of its fields names an entry of a list, the best first; case does not count. */
const NAMES =
  'name,id,key,component,componentid,service,servicename,check,checkid,instanceid,hostname,host,node,instance,server,address,endpoint,endpoint_ip,target,url,cache_name,title,type'.split(
    ',',
  )
const isName = remembered(key => NAMES.includes(key.toLowerCase()))

/** Most things have no checks in them. */
const NONE: readonly Check[] = []

/** The checks that stand in a document, nested ones as `parent/child`. */
export function checksIn(document: Json, words: OwnWords, prefix = '', depth = 0): readonly Check[] {
  if (depth >= DEEPEST) return NONE
  let found: Check[] | undefined
  for (const key in document) {
    const more = checksUnder(key, document[key], {words, prefix, depth})
    if (more.length > 0) (found ??= []).push(...more)
  }
  return found ?? NONE
}

function checksUnder(key: string, value: unknown, reading: Omit<Reading, 'all'>): readonly Check[] {
  if (typeof value !== 'object') return NONE
  if (CHECKS.test(key)) return collection(value, {...reading, all: true})
  if (THINGS.test(key)) return known(collection(value, {...reading, all: true}))
  return PERHAPS.test(key) ? collection(value, {...reading, all: false}) : NONE
}

const known = (checks: readonly Check[]): readonly Check[] =>
  checks.filter(({detail}) => !detail.includes('is not understood'))

interface Reading {
  readonly words: OwnWords
  readonly prefix: string
  readonly depth: number
  /** Everything in it is a check, whatever it says. */
  readonly all: boolean
}

/** The entries of a list or an object of checks. */
export function collection(value: unknown, reading: Reading): readonly Check[] {
  if (Array.isArray(value))
    return value.flatMap((one, index) => (isObject(one) ? entry(nameOf(one, index), one, reading) : []))
  if (!isObject(value)) return NONE
  const found: Check[] = []
  for (const name in value) {
    if (!reading.all && isVerdictKey(name)) continue
    const one = value[name]
    // IETF health+json lists several measurements of one component.
    if (Array.isArray(one)) for (const each of one) found.push(...entry(name, each, reading))
    else found.push(...entry(name, one, reading))
  }
  return found
}

export const nameOf = (one: Json, index: number): string => namedBy(one) ?? `check ${index + 1}`

function namedBy(one: Json): string | undefined {
  const fields = new Map(Object.entries(one).map(([key, value]) => [key.toLowerCase(), value]))
  const name = NAMES.map(key => fields.get(key)).find(each => typeof each === 'string' && each !== '')
  return typeof name === 'string' ? name : undefined
}

function entry(name: string, value: unknown, reading: Reading): readonly Check[] {
  const label = `${reading.prefix}${name}`
  const speaks = isObject(value)
    ? hasKey(value, isVerdictKey)
    : typeof value === 'string' && healthOfWord(value) !== undefined
  const inside = isObject(value) ? checksIn(value, reading.words, `${label}/`, reading.depth + 1) : NONE
  if (!reading.all && !speaks) return inside
  return [readCheck(label, value, reading.words), ...inside]
}

/** One check: a word, a figure, or an object that says more. */
export function readCheck(name: string, value: unknown, words: OwnWords): Check {
  const label = escapeLine(name, 60)
  const trouble = figureTrouble(name, value) ?? (isObject(value) ? figureTrouble(name, detailsOf(value)) : undefined)
  if (!isObject(value)) {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    // A bare figure has no verdict; a word nobody knows is not called healthy.
    const said = typeof value === 'boolean' ? (value ? 'up' : 'down') : (words[text] ?? healthOfWord(text))
    const status = said ?? (isFigure(value) ? (trouble === undefined ? 'up' : 'degraded') : 'degraded')
    const detail = said === undefined && !isFigure(value) ? `${JSON.stringify(text)} is not understood` : text
    return {name: label, status, detail: escapeLine(trouble ?? detail, 160)}
  }
  const statement = statementOf(value, words, true)
  const status = statement?.health ?? 'up'
  const latency = keyWhere(value, (key, one) => LATENCIES.test(key) && typeof one === 'number')
  const unclear = statement?.reason?.endsWith('not understood') === true ? [statement.reason] : []
  const detail = [...unclear, ...(trouble === undefined ? [] : [trouble]), describe(value)].filter(part => part !== '')
  return {
    name: label,
    status: status === 'up' && trouble !== undefined ? 'degraded' : status,
    detail: escapeLine(detail.join(', '), 160),
    ...(latency === undefined ? {} : {latencyMs: value[latency] as number}),
  }
}

const detailsOf = ({details, data}: Json): Json | undefined =>
  isObject(details) ? details : isObject(data) ? data : undefined

/** The words of a check: its message first, then its other plain fields, else its status. */
function describe(value: Json): string {
  const nested = detailsOf(value)
  const fields: Json = nested === undefined ? value : {...value, ...nested}
  const parts: string[] = []
  let speaks = false
  for (const key in fields) {
    const part = fields[key]
    const isMessage = MESSAGE.test(key)
    speaks ||= isMessage
    if (isVerdictKey(key) || LATENCIES.test(key) || isName(key) || !isPlain(part)) continue
    parts.push(isMessage ? String(part) : `${key} ${String(part)}`)
  }
  const verdict = keyWhere(value, (key, part) => isVerdictKey(key) && typeof part === 'string')
  const word = verdict === undefined ? undefined : value[verdict]
  const bad = typeof word === 'string' && !speaks && healthOfWord(word) !== 'up'
  if (parts.length > 0) return [...(bad ? [word] : []), ...parts].join(', ')
  return typeof word === 'string' ? word : ''
}

const MESSAGE = keyTest(/^(message|error|reason|output|detail|description|summary|symptom)$/i)

const isPlain = (part: unknown): boolean =>
  typeof part === 'string' ? part !== '' : typeof part === 'number' || typeof part === 'boolean'
