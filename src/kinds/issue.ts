import {connectionStringFault} from '../connections/postgres/parse.ts'

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
