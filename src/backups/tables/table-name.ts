import {OpsError} from '../../errors.ts'
import {closest} from '../../text/closest.ts'

/** A table by its schema and its name, as the catalogue has them. */
export interface TableName {
  readonly schema: string
  readonly name: string
}

/** Words that PostgreSQL reads as something else are quoted as well; quoting one too many does no harm. */
const PLAIN = /^[a-z_][a-z0-9_$]*$/
export const showSchema = (name: string): string => (PLAIN.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

/** As a person would type it: `public.orders`, `"A.b"."x""y"`. */
export const showTable = ({schema, name}: TableName): string => `${showSchema(schema)}.${showSchema(name)}`

export const sameTable = (one: TableName, other: TableName): boolean =>
  one.schema === other.schema && one.name === other.name

const NAME = /(?:"((?:[^"]|"")+)"|([^\s".,]+))/y

/**
 * `public.orders, "A.b"."x""y"`: as SQL reads names, so what is not quoted is in lower case. Raises `usage/arguments`.
 */
export function parseTables(text: string): readonly TableName[] {
  const tables: TableName[] = []
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    at += found?.[0].length ?? 0
    return found !== null
  }
  const name = (): string | undefined => {
    NAME.lastIndex = at
    const [all = '', quoted, plain] = NAME.exec(text) ?? []
    at += all.length
    return quoted?.replaceAll('""', '"') ?? plain?.toLowerCase()
  }
  for (;;) {
    skip(/\s*/y)
    const schema = name()
    const dot = skip(/\./y)
    const table = dot ? name() : undefined
    if (schema === undefined || table === undefined) throw wrong(text)
    const found = {schema, name: table}
    if (!tables.some(other => sameTable(other, found))) tables.push(found)
    skip(/\s*/y)
    if (at >= text.length) return tables
    if (!skip(/,/y)) throw wrong(text)
  }
}

const wrong = (text: string): OpsError =>
  new OpsError('usage/arguments', `table should be a schema and a name, got ${JSON.stringify(text)}`, {
    hint: 'Such as public.orders; several with commas; quoted as in SQL: \'"Sales"."Order.2026"\'.',
  })

/** Those that were probably meant, the best first: the same name elsewhere or in other letters, else one that is spelt alike. */
export function nearTables(wanted: TableName, known: readonly TableName[]): readonly string[] {
  const lower = wanted.name.toLowerCase()
  const same = known.filter(({name}) => name.toLowerCase() === lower)
  const shown = known.map(showTable)
  const alike = closest(showTable(wanted), shown)
  const sibling = closest(
    wanted.name,
    known.map(({name}) => name),
  )
  const siblings = known.filter(({name}) => name === sibling)
  return [
    ...new Set([...same.map(showTable), ...(alike === undefined ? [] : [alike]), ...siblings.map(showTable)]),
  ].slice(0, 5)
}
