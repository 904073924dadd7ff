import type {Check, Health} from '../../../../monitors/sample.ts'
import {escapeLine} from '../../../../text/escape.ts'
import {isObject, type Json} from '../statement.ts'
import {worseOf} from '../words.ts'
import {CLUSTERS} from './clusters.ts'
import {type Dialect, fieldOf, type Sign} from './dialect.ts'
import {OPERATIONS} from './operations.ts'

/** Every document is held against all of them: most are out by the first parts of their keys. */
const DIALECTS = [...CLUSTERS, ...OPERATIONS].map((dialect, place) => ({
  dialect,
  place,
  heads: dialect.keys.map(key => key.split('.', 1)[0] ?? ''),
  // What a key leads into cannot be a word.
  deep: dialect.keys.filter(key => key.includes('.')).map(key => key.split('.', 1)[0] ?? ''),
}))

type Candidate = (typeof DIALECTS)[number]

/** By the first of their keys, so that most are not even looked at; those of an empty one are known by the address alone. */
const BY_KEY: ReadonlyMap<string, typeof DIALECTS> = Map.groupBy(DIALECTS, ({heads}) => heads[0] ?? '')

const BY_ADDRESS = BY_KEY.get('') ?? []

/** Those whose documents look like this one, in the order in which they are listed. */
function known(document: unknown, path: string): readonly Dialect[] {
  const first: unknown = Array.isArray(document) ? document[0] : document
  const asked = {document, first, path}
  const found: Candidate[] = []
  const take = (candidate: Candidate): void => {
    if (isOf(asked, candidate)) found.push(candidate)
  }
  BY_ADDRESS.forEach(take)
  if (isObject(first)) for (const key in first) if (key !== '') BY_KEY.get(key)?.forEach(take)
  // Nearly all documents have none.
  return found.length === 0 ? NONE : found.sort((a, b) => a.place - b.place).map(({dialect}) => dialect)
}
const NONE: readonly Dialect[] = []

/** What the dialects of products read in a document. */
export interface DialectReading {
  readonly checks: readonly Check[]
  /** Down when all of it is. */
  readonly health: Health | undefined
  /** What nobody else is to read. */
  readonly own: ReadonlySet<string>
}

/** Undefined when the document is of no product that has a dialect. */
export function readDialects(document: unknown, path: string): DialectReading | undefined {
  const dialects = known(document, path)
  if (dialects.length === 0) return undefined
  const checks = dialects.flatMap(dialect => readDialect(document, dialect))
  const whole = dialects
    .filter(({each}) => each === undefined)
    .flatMap(dialect => readDialect(document, dialect))
    .filter(({status}) => status === 'down')
  return {
    checks,
    health: whole.length > 0 ? 'down' : undefined,
    own: new Set(dialects.flatMap(({own = []}) => own)),
  }
}

function isOf(
  {document, first, path}: {readonly document: unknown; readonly first: unknown; readonly path: string},
  {dialect: {keys, path: wanted, each}, heads, deep}: Candidate,
): boolean {
  for (const head of heads) if (fieldOf(first, head) === undefined) return false
  for (const head of deep) if (typeof fieldOf(first, head) !== 'object') return false
  if (wanted !== undefined && !wanted.test(path)) return false
  if ((each === '[]') !== Array.isArray(document) && keys.length > 0) return false
  return keys.every(key => thingsAt(first, key).some(([, value]) => value !== undefined))
}

function readDialect(document: unknown, {product, each, name, signs}: Dialect): readonly Check[] {
  if (each === undefined) return signs.flatMap(sign => readSign(document, product, sign))
  return thingsAt(document, each).map(([label, thing]): Check => {
    const called = name === undefined ? undefined : fieldOf(thing, name)
    const title = typeof called === 'string' || typeof called === 'number' ? String(called) : label
    const found = signs.flatMap(sign => readSign(thing, title, sign))
    const status = found.reduce<Health>((worst, one) => worseOf(one.status, worst), 'up')
    const detail = [...new Set(found.map(one => one.detail))].join(', ')
    return {name: escapeLine(title, 60), status, detail: escapeLine(detail, 160)}
  })
}

function readSign(thing: unknown, name: string, {at, bad, is = 'degraded', says}: Sign): readonly Check[] {
  const value = at === '' ? thing : thingsAt(thing, at)[0]?.[1]
  if (!bad(value, thing)) return []
  const detail = typeof says === 'function' ? says(value, thing) : (says ?? plainly(at.split('.').at(-1) ?? '', value))
  return [{name: escapeLine(name, 60), status: is, detail: escapeLine(detail, 160)}]
}

function plainly(key: string, value: unknown): string {
  if (typeof value === 'boolean') return `${key} is ${value}`
  const text = Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value)
  return key === '' ? text : `${key} ${text}`
}
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'is missing'))

/** Everything that a path leads to, with the keys that `*` stood for. A name with dots in it is a key, too. */
function thingsAt(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  const [key = '', ...rest] = path.split('.')
  if (key === '') return [['', value]]
  const inside = rest.join('.')
  const entries: readonly (readonly [string, unknown])[] =
    key !== '*' && key !== '[]'
      ? [[key, fieldOf(value, key)]]
      : Array.isArray(value)
        ? value.map((one, index) => [String(index + 1), one] as const)
        : isObject(value)
          ? Object.entries(value)
          : []
  if (inside === '') return entries
  return entries.flatMap(([name, one]) =>
    thingsAt(one, inside).map(([below, found]) => [`${name}/${below}`, found] as const),
  )
}

/** The document without what only its dialect reads. */
export const withoutOwn = (document: Json, own: ReadonlySet<string>): Json =>
  own.size === 0 ? document : Object.fromEntries(Object.entries(document).filter(([key]) => !own.has(key)))
