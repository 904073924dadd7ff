import {connectionStringFault} from '../connections/postgres/parse.ts'
import {redisUrlFault} from '../connections/redis/url.ts'
import {closest} from '../text/closest.ts'

export type Path = readonly PropertyKey[]

/** One thing that is wrong in a configuration: where, and what would be right. */
export interface Issue {
  readonly path: Path
  /** Asked for only when it is shown: a hostile file has a hundred thousand issues, and a suggestion costs time. */
  readonly message: () => string
  /** What the place points at when it is the key, not the value, that is wrong. */
  readonly about?: 'key'
}

/** The issues of a part, as issues of the whole that has it at `path`. */
export const issuesAt = (path: Path, issues: readonly Issue[]): Issue[] =>
  issues.map(issue => ({...issue, path: [...path, ...issue.path]}))

/** A regular expression that does not compile, found when the file is read and not at its first use. */
export function checkExpression(path: Path, source: string | undefined): Issue[] {
  if (source === undefined) return []
  try {
    RegExp(source)
    return []
  } catch (error) {
    return [{path, message: () => `should be a regular expression: ${(error as Error).message}`}]
  }
}

/**
 * A URL that is written out and has another scheme. One that comes from a secret is seen only when it is used; the
 * value may hold a password, so it is not shown.
 */
export function checkScheme(path: Path, written: unknown, schemes: readonly string[]): Issue[] {
  if (typeof written !== 'string') return []
  if (URL.canParse(written) && schemes.some(scheme => written.startsWith(`${scheme}://`))) return []
  return [{path, message: () => `should be a ${schemes.map(scheme => `${scheme}://`).join(' or ')} URL`}]
}

/** A connection string of PostgreSQL that is written out and that psql would refuse as well. */
export function checkPostgres(path: Path, written: unknown): Issue[] {
  const fault = typeof written === 'string' ? connectionStringFault(written) : undefined
  return fault === undefined ? [] : [{path, message: () => fault}]
}

/** A Redis URL that is written out and that means nothing; the fault never quotes a password. */
export function checkRedis(path: Path, written: unknown): Issue[] {
  const fault = typeof written === 'string' ? redisUrlFault(written) : undefined
  return fault === undefined ? [] : [{path, message: () => fault}]
}

/** `should be one of a, b, got "c", did you mean b?` */
export function oneOf(value: string, accepted: readonly string[]): string {
  const near = closest(value, accepted.slice(0, MAX_COMPARED))
  const list = accepted.length > 0 ? `should be one of ${listed(accepted)}` : 'names something that is not configured'
  return `${list}, got ${JSON.stringify(value)}${near ? `, did you mean ${near}?` : ''}`
}

const MAX_LISTED = 20
/** Comparing costs a microsecond each, for each of the issues that are shown. */
const MAX_COMPARED = 2000

export function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED
  return names.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** A reference to a name that is not there. `self` is known, and no suggestion. */
export function unknownName(path: Path, name: string, known: ReadonlySet<string>, self?: string): Issue[] {
  if (known.has(name)) return []
  return [
    {
      path,
      message: () =>
        oneOf(
          name,
          [...known].filter(other => other !== self),
        ),
    },
  ]
}

/** Names that are used twice in the list at `path`; `what` is one of its entries, in a message. */
export function doubles(what: string, path: Path, names: readonly string[]): Issue[] {
  const firsts = new Map<string, number>()
  return names.flatMap((name, index) => {
    const first = firsts.get(name)
    if (first === undefined) {
      firsts.set(name, index)
      return []
    }
    const there = [...path, first].map(String).join('/')
    return [
      {path: [...path, index, 'name'], message: () => `should be unique: ${there} is the ${what} ${name} already`},
    ]
  })
}
