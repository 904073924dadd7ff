import type {Health} from '../../../monitors/sample.ts'
import {escapeLine} from '../../../text/escape.ts'
import {remembered} from '../../../text/remembered.ts'
import {healthOfWord, worseOf, worstWordIn} from './words.ts'

export type Json = Readonly<Record<string, unknown>>
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first key of which this is so: a list of keys and values would be made, and thrown away, of each part of each answer. */
export function keyWhere(value: Json, isWanted: (key: string, one: unknown) => boolean): string | undefined {
  for (const key in value) if (isWanted(key, value[key])) return key
  return undefined
}

export const hasKey = (value: Json, isWanted: (key: string) => boolean): boolean =>
  keyWhere(value, isWanted) !== undefined

/** What something says of itself. */
export interface Statement {
  readonly health: Health
  /** Why it is not up, when the words alone do not say so: `status "purple" is not understood`. */
  readonly reason: string | undefined
}

/** What a user taught: words of one application that nobody else uses. */
export type OwnWords = Readonly<Record<string, Health>>

const keyOf = remembered(key => key.toLowerCase().replace(/[_\-\s]/g, ''))

/** Keys whose value is the verdict: a word that nobody knows is not called healthy. */
const VERDICTS = new Set(
  'status,statuscode,httpstatus,health,healthstatus,overall,overallstatus,globalstatus,servicestatus,systemstatus,appstatus,indicator,outcome'.split(
    ',',
  ),
)
/** Keys whose value may be a verdict, and may be anything else: only words that are known count. */
const HINTS = new Set('state,level,severity,result,condition,phase,mode,value'.split(','))
/** Those that can only be a verdict inside a check or a status. */
const HINTS_OF_CHECKS = new Set(['state', 'level', 'condition', 'phase'])
/** A word, not a sentence. */
const SHORT = 40
/** Yes is good. */
const GOOD_FLAGS = new Set(
  'ok,healthy,ishealthy,ready,isready,alive,isalive,live,up,isup,available,isavailable,operational,success,passed,connected,isconnected,online,running,initialized,reachable,synced,insync,valid'.split(
    ',',
  ),
)
/** No is bad, where it is a yes or a no: a quorum may be a number of votes. */
const NEEDED = new Set('quorum,hasquorum,quorate,hasleader'.split(','))
/** Yes, as a text. */
const YES = /^(true|yes|on|enabled|active)$/i
/** Modes that may be an object which says whether they are on. */
const MODES = new Set(['maintenance', 'maintenancemode', 'readonly'])
/** Yes is bad, and how bad. */
const BAD_FLAGS: Readonly<Record<string, Health>> = {
  sealed: 'down',
  memalarm: 'degraded',
  diskfreealarm: 'degraded',
  quietingdown: 'degraded',
  needsdbupgrade: 'degraded',
  failed: 'down',
  failing: 'down',
  down: 'down',
  unhealthy: 'down',
  haserrors: 'down',
  haserror: 'down',
  error: 'down',
  expired: 'down',
  fenced: 'down',
  maintenance: 'degraded',
  maintenancemode: 'degraded',
  degraded: 'degraded',
  draining: 'degraded',
  shuttingdown: 'degraded',
  starting: 'degraded',
  stopping: 'degraded',
  timedout: 'degraded',
  readonly: 'degraded',
  overloaded: 'degraded',
  stale: 'degraded',
}
/** How bad it is that something is so; `isDraining` and `draining` are one. */
const badFlag = remembered(
  (name: string): Health | undefined => BAD_FLAGS[name] ?? BAD_FLAGS[name.replace(/^(is|in)/, '')],
)

/** Whether a key speaks of the health of what it stands in. */
export const isVerdictKey = remembered(key => VERDICTS.has(keyOf(key)) || GOOD_FLAGS.has(keyOf(key)))

/** Whether a key is, or may be, a word of what it stands in about itself. */
export const isAboutItself = remembered(
  key => isVerdictKey(key) || HINTS.has(keyOf(key)) || badFlag(keyOf(key)) !== undefined || /^errors?$/i.test(key),
)

/**
 * Everything that a document or a check says of itself, the worst of it. Undefined: it says nothing. `check`: it is known to
 * be one, so that its state is a verdict too.
 */
export function statementOf(value: Json, words: OwnWords = {}, check = false): Statement | undefined {
  let worst: Statement | undefined
  const given = {words, check}
  for (const key in value) {
    const said = value[key]
    const statement = readStatement(key, isCode(said) ? (wordOfCode(value, key) ?? said) : said, given)
    if (statement === undefined) continue
    if (worst === undefined || worseOf(statement.health, worst.health) !== worst.health) worst = statement
  }
  return worst
}

/** Numbers of a scheme of their own, which no HTTP status is. */
const isCode = (said: unknown): boolean => typeof said === 'number' && said < 100

/** The word beside a code: `{status: 0, status_name: "ok"}`. */
function wordOfCode(value: Json, key: string): string | undefined {
  const names = ['name', 'text', 'description'].map(end => `${keyOf(key)}${end}`)
  const found = keyWhere(value, name => names.includes(keyOf(name)))
  const word = found === undefined ? undefined : value[found]
  return typeof word === 'string' ? word : undefined
}

/** An error as an object of its own: JSON-RPC, Solr, GraphQL. */
const isError = (said: unknown): boolean =>
  isObject(said) &&
  keyWhere(said, (key, one) => /^(message|msg|code)$/i.test(key) && !isObject(one) && one !== 0) !== undefined

function readStatement(
  key: string,
  said: unknown,
  {words, check}: {readonly words: OwnWords; readonly check: boolean},
): Statement | undefined {
  const name = keyOf(key)
  if (typeof said === 'boolean') return flag(key, name, said)
  if (VERDICTS.has(name)) return verdict(key, said, words)
  const text = typeof said === 'string' ? said : ''
  if (badFlag(name) !== undefined && YES.test(text)) return flag(key, name, true)
  if (MODES.has(name) && isObject(said) && (said['enabled'] === true || said['active'] === true))
    return flag(key, name, true)
  if (name === 'exitcode' && typeof said === 'number' && said > 0)
    return {health: 'degraded', reason: escapeLine(`${key} is ${said}`, 80)}
  if (HINTS.has(name) && text !== '') {
    const health = words[text] ?? healthOfWord(text)
    if (health === undefined)
      return (check && HINTS_OF_CHECKS.has(name)) || (text.length <= SHORT && worstWordIn(text) !== undefined)
        ? notUnderstood(key, said)
        : undefined
    return {health, reason: undefined}
  }
  // Docker's `State` is an object that has a word for it.
  if (HINTS_OF_CHECKS.has(name) && isObject(said)) return statementOf(said, words)
  // How long it has been up.
  if (GOOD_FLAGS.has(name) && /^\d[\d.]*\s*[a-z]/i.test(text)) return undefined
  // `{ok: "false"}` and `{success: 0}` mean what they say.
  if (GOOD_FLAGS.has(name) && (said === 0 || said === 1)) return flag(key, name, said === 1)
  if (GOOD_FLAGS.has(name)) return text === '' && typeof said !== 'number' ? undefined : verdict(key, said, words)
  // An error that is told beside a good word: somebody should look.
  if (
    (name === 'error' || name === 'errors') &&
    (text !== '' || isError(said) || (Array.isArray(said) && said.length > 0))
  )
    return {health: 'degraded', reason: undefined}
  return undefined
}

function flag(key: string, name: string, said: boolean): Statement | undefined {
  const bad = badFlag(name)
  if (bad !== undefined && said) return {health: bad, reason: escapeLine(`${key} is true`, 80)}
  if (VERDICTS.has(name) || GOOD_FLAGS.has(name) || (NEEDED.has(name) && !said))
    return said ? {health: 'up', reason: undefined} : {health: 'down', reason: escapeLine(`${key} is false`, 80)}
  return undefined
}

/** A word, a number that looks like an HTTP status, or (Kibana, Statuspage) an object that has one. */
function verdict(key: string, said: unknown, words: OwnWords): Statement | undefined {
  if (isObject(said)) return statementOf(said, words, true)
  if (said === null || said === undefined) return notUnderstood(key, said)
  const own = typeof said === 'string' || typeof said === 'number' ? words[said] : undefined
  if (own !== undefined) return {health: own, reason: undefined}
  // Statuspage: no incident.
  if (key === 'indicator' && said === 'none') return {health: 'up', reason: undefined}
  if (typeof said === 'number') return ofNumber(key, said)
  if (typeof said !== 'string') return notUnderstood(key, said)
  const [code] = /^\d{3}(?=$| [A-Z])/.exec(said) ?? []
  if (code !== undefined) return ofNumber(key, Number(code))
  const health = healthOfWord(said)
  if (health === undefined) return notUnderstood(key, said)
  return {health, reason: health === 'up' ? undefined : escapeLine(`${key} is ${said}`, 160)}
}

function ofNumber(key: string, said: number): Statement {
  if (said >= 200 && said < 300) return {health: 'up', reason: undefined}
  if (said >= 400 && said < 600) return {health: 'down', reason: escapeLine(`${key} is ${said}`, 80)}
  return notUnderstood(key, said)
}

const notUnderstood = (key: string, said: unknown): Statement => ({
  health: 'degraded',
  reason: escapeLine(`${key} ${JSON.stringify(said) ?? 'nothing'} is not understood`, 160),
})
