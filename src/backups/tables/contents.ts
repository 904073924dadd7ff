import {nearTables, sameTable, showTable, type TableName} from './table-name.ts'
import {OpsError} from '../../errors.ts'
import type {PgdumpManifest} from '../manifest.ts'

/** The list that `pg_restore --list` writes of an archive, and parts of it for `--use-list`. Pure. */

/** Longer ones first: what begins like another is another. */
const TABLES = ['FOREIGN TABLE', 'MATERIALIZED VIEW', 'TABLE', 'VIEW', 'SEQUENCE'] as const
/** What no single table needs: rows of others, what only a superuser makes, what would reach outside. */
const LEFT_OUT =
  /^(?:(?:COMMENT|ACL|SECURITY LABEL) (?:- )?)?(?:TABLE DATA|MATERIALIZED VIEW DATA|STATISTICS DATA|BLOBS?|BLOB METADATA|BLOB COMMENTS|LARGE OBJECTS?|EVENT TRIGGER|PUBLICATION|PUBLICATION TABLE|PUBLICATION TABLES IN SCHEMA|SUBSCRIPTION|SUBSCRIPTION TABLE|DATABASE|DATABASE PROPERTIES) /

interface Entry {
  readonly line: string
  /** From the kind on: `TABLE DATA public orders postgres`. */
  readonly what: string
}

function entries(list: string): readonly Entry[] {
  return list.split('\n').flatMap(line => {
    const what = /^\d+; \d+ \d+ (.+)$/.exec(line)?.[1]
    return what === undefined ? [] : [{line, what}]
  })
}

/** Line ends in names are written as spaces. */
const printed = (name: string): string => name.replaceAll(/[\r\n]/g, ' ')
const begin = (kind: string, {schema, name}: TableName): string => `${kind} ${printed(schema)} ${printed(name)} `

/** Everything but rows. */
export const definitionsOf = (list: string): string =>
  entries(list)
    .filter(({what}) => !LEFT_OUT.test(what))
    .map(({line}) => `${line}\n`)
    .join('')

/** The rows of these. A name with spaces may select a second table that reads alike, which does no harm. */
export const rowsOf = (list: string, tables: readonly TableName[]): string =>
  entries(list)
    .filter(({what}) => tables.some(table => what.startsWith(begin('TABLE DATA', table))))
    .map(({line}) => `${line}\n`)
    .join('')

/** Publications that name a table: `PUBLICATION TABLE public web orders postgres`. */
export const publicationsOf = (
  list: string,
  tables: readonly TableName[],
): readonly {readonly table: TableName; readonly name: string}[] =>
  tables.flatMap(table =>
    entries(list).flatMap(({what}) => {
      const start = `PUBLICATION TABLE ${printed(table.schema)} `
      const at = what.indexOf(` ${printed(table.name)} `, start.length)
      return what.startsWith(start) && at > start.length ? [{table, name: what.slice(start.length, at)}] : []
    }),
  )

/** Raises `usage/arguments` for what is no table of the archive, with those that were probably meant. */
export function requireTables(
  list: string,
  tables: readonly TableName[],
  {id, properties, only}: Pick<PgdumpManifest, 'id' | 'properties' | 'only'>,
): void {
  const all = entries(list)
  // The owner stands last. Whatever else follows a name with a space is the rest of a longer name.
  const is = (what: string, kind: string, table: TableName): boolean => {
    const start = begin(kind, table)
    const rest = what.slice(start.length)
    return what.startsWith(start) && (!rest.includes(' ') || [properties.owner, ...properties.roles].includes(rest))
  }
  for (const table of tables) {
    if (all.some(({what}) => is(what, 'TABLE', table))) {
      if (only === undefined || only.some(one => sameTable(one, table))) continue
      throw new OpsError('usage/arguments', `backup ${id} has no rows of ${showTable(table)}`, {
        hint: `It has those of ${only.map(showTable).join(', ')} alone.`,
      })
    }
    const kind = TABLES.find(each => all.some(({what}) => is(what, each, table)))
    const near = nearTables(table, all.flatMap(tableOf))
    throw new OpsError(
      'usage/arguments',
      kind === undefined
        ? `there is no table ${showTable(table)} in backup ${id}`
        : `${showTable(table)} is a ${kind.toLowerCase()} in backup ${id}, not a table`,
      {hint: near.length === 0 ? 'It has no table of a similar name.' : `Similar: ${near.join(', ')}.`},
    )
  }
}

function tableOf({what}: Entry): readonly TableName[] {
  const [, schema, name] = /^TABLE (?!DATA |ATTACH )(\S+) (.+) \S+$/.exec(what) ?? []
  return schema === undefined || name === undefined ? [] : [{schema, name}]
}
