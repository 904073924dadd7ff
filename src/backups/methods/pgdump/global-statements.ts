/** One statement of what `pg_dumpall --globals-only` writes, and what it is about. */
export type GlobalStatement =
  | {readonly kind: 'session' | 'other'; readonly sql: string}
  | {readonly kind: 'role' | 'parameter'; readonly role: string; readonly sql: string}
  | {readonly kind: 'membership'; readonly role: string; readonly member: string; readonly sql: string}
  | {readonly kind: 'tablespace'; readonly tablespace: string; readonly sql: string}

/** What there is of both on a server, or what is missing there. */
export interface GlobalNames {
  readonly roles: readonly string[]
  readonly tablespaces: readonly string[]
}

const NAME = String.raw`("(?:[^"]|"")*"|[^\s;"]+)`
const about = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('NAME', NAME)}(?:\\s|$)`)
const SESSION = /^SET [a-z_]+ = /
const MEMBERSHIP = about('GRANT NAME TO NAME')
const PARAMETER = about(String.raw`GRANT [A-Z ,]+ ON PARAMETER \S+ TO NAME`)
const TABLESPACE = [
  about('(?:CREATE|ALTER) TABLESPACE NAME'),
  about('COMMENT ON TABLESPACE NAME'),
  about('(?:GRANT|REVOKE) [A-Z ,]+ ON TABLESPACE NAME'),
  about('SECURITY LABEL FOR \\S+ ON TABLESPACE NAME'),
]
const ROLE = [
  about('(?:CREATE|ALTER) ROLE NAME'),
  about('COMMENT ON ROLE NAME'),
  about('SECURITY LABEL FOR \\S+ ON ROLE NAME'),
]

/** The text of pg_dumpall, understood. Pure. */
export const parseGlobals = (text: string): readonly GlobalStatement[] => splitStatements(text).map(understand)

function understand(sql: string): GlobalStatement {
  const parameter = PARAMETER.exec(sql)
  if (parameter !== null) return {kind: 'parameter', role: nameIn(parameter[1]), sql}
  for (const pattern of TABLESPACE) {
    const found = pattern.exec(sql)
    if (found !== null) return {kind: 'tablespace', tablespace: nameIn(found[1]), sql}
  }
  for (const pattern of ROLE) {
    const found = pattern.exec(sql)
    if (found !== null) return {kind: 'role', role: nameIn(found[1]), sql}
  }
  const membership = MEMBERSHIP.exec(sql)
  if (membership !== null) return {kind: 'membership', role: nameIn(membership[1]), member: nameIn(membership[2]), sql}
  return {kind: SESSION.test(sql) ? 'session' : 'other', sql}
}

const nameIn = (text = ''): string => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text)

/** At semicolons outside of quotes; comments and the commands of psql between statements are left out. */
function splitStatements(text: string): readonly string[] {
  const statements: string[] = []
  const token = /\s+|--[^\n]*|\\[^\n]*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|;|[\s\S]/y
  let statement = ''
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [piece] = match
    if (piece === ';') {
      statements.push(statement.trim())
      statement = ''
    } else if (statement !== '' || !/^(?:\s|--|\\)/.test(piece)) statement += piece
  }
  if (statement.trim() !== '') throw new Error('the globals end in the middle of a statement')
  return statements
}

/** What is in the text and not on the server. Pure. */
export function missingNames(statements: readonly GlobalStatement[], there: GlobalNames): GlobalNames {
  const [roles, tablespaces] = [new Set(there.roles), new Set(there.tablespaces)]
  const missing = {roles: new Set<string>(), tablespaces: new Set<string>()}
  for (const statement of statements)
    if (statement.kind === 'role' && !roles.has(statement.role)) missing.roles.add(statement.role)
    else if (statement.kind === 'tablespace' && !tablespaces.has(statement.tablespace))
      missing.tablespaces.add(statement.tablespace)
  return {roles: [...missing.roles], tablespaces: [...missing.tablespaces]}
}

/**
 * The statements that make exactly what is missing: whatever is there keeps its password, attributes, settings and
 * memberships. Roles and what is theirs can be one transaction, tablespaces cannot. Pure.
 */
export function missingStatements(
  statements: readonly GlobalStatement[],
  there: GlobalNames,
): {readonly roles: readonly string[]; readonly tablespaces: readonly string[]} {
  const missing = missingNames(statements, there)
  const isNew = new Set(missing.roles)
  const known = new Set([...there.roles, ...missing.roles])
  const roles: string[] = []
  const tablespaces: string[] = []
  for (const statement of statements)
    switch (statement.kind) {
      case 'role':
      case 'parameter':
        if (isNew.has(statement.role)) roles.push(statement.sql)
        break
      case 'membership':
        if (isNew.has(statement.role) || isNew.has(statement.member)) roles.push(withKnownGrantor(statement.sql, known))
        break
      case 'tablespace':
        if (missing.tablespaces.includes(statement.tablespace)) tablespaces.push(statement.sql)
    }
  return {roles, tablespaces}
}

const GRANTOR = new RegExp(` GRANTED BY ${NAME}$`)

/** Whoever granted it there may not exist here; then whoever carries it out grants it. */
function withKnownGrantor(sql: string, known: ReadonlySet<string>): string {
  const grantor = GRANTOR.exec(sql)
  return grantor === null || known.has(nameIn(grantor[1])) ? sql : sql.slice(0, grantor.index)
}

const LOCATION = / LOCATION (?:[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*')$/

/** A tablespace at another place; other statements as they are. */
export const relocated = (sql: string, location: string): string =>
  sql.startsWith('CREATE TABLESPACE') ? sql.replace(LOCATION, () => ` LOCATION ${location}`) : sql
