import type {Client} from 'pg'
import {quoteName, quoteText} from '../../connections/postgres/quote.ts'
import {sqlState} from '../../connections/postgres/sql-state.ts'
import {messageOf, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {quoteTable} from './copy-catalogue.ts'
import type {ForeignKey} from './staged.ts'
import {showTable} from './table-name.ts'

const VIOLATED = '23503'
/** No such table, no such column, it is there already, no unique key to refer to. */
const NOT_NOW = ['42P01', '42703', '42710', '42830', '3F000']

const statement = ({table, name, definition}: ForeignKey, more = ''): string =>
  `ALTER TABLE ${quoteTable(table)} ADD CONSTRAINT ${quoteName(name)} ${definition}${more}`

/** Puts one back as it was, checked. Raises `backup/restore` when rows are without the row that they refer to. */
export async function addForeignKey(client: Client, key: ForeignKey): Promise<void> {
  try {
    await client.query(statement(key))
  } catch (cause) {
    if (sqlState(cause) !== VIOLATED) throw cause
    const detail = (cause as {readonly detail?: string}).detail ?? messageOf(cause)
    throw new OpsError(
      'backup/restore',
      `foreign key ${key.name} of ${showTable(key.table)} would not hold: ${escapeLine(detail, 300)}`,
      {
        cause,
        hint: 'Everything is as it was. Restore both tables together (table=A,B), or without swap=true and bring rows over by hand.',
      },
    )
  }
  await comment(client, key)
}

/**
 * The same for a table that was gone, which is better without a checked foreign key than not there at all: one that is
 * violated comes back for new rows only, one that nothing answers to any more stays away. What a person should know, in words.
 */
export async function addForeignKeyOrSay(client: Client, key: ForeignKey): Promise<string | undefined> {
  const shown = `foreign key ${key.name} of ${showTable(key.table)}`
  await client.query('SAVEPOINT key')
  try {
    await client.query(statement(key))
    await comment(client, key)
    await client.query('RELEASE SAVEPOINT key')
    return undefined
  } catch (cause) {
    await client.query('ROLLBACK TO SAVEPOINT key')
    const state = sqlState(cause) ?? ''
    const why = escapeLine((cause as {readonly detail?: string}).detail ?? messageOf(cause), 200)
    if (NOT_NOW.includes(state)) return `${shown} is not back: ${why}`
    if (state !== VIOLATED) throw cause
    return notValid(client, key, `${shown} holds for new rows only: ${why}`)
  }
}

/** PostgreSQL knows no unchecked ones of partitioned tables before version 18. */
async function notValid(client: Client, key: ForeignKey, said: string): Promise<string> {
  try {
    await client.query(statement(key, ' NOT VALID'))
    await comment(client, key)
    return `${said} When that is put right: ALTER TABLE ${quoteTable(key.table)} VALIDATE CONSTRAINT ${quoteName(key.name)};`
  } catch {
    await client.query('ROLLBACK TO SAVEPOINT key')
    return said.replace(' holds for new rows only', ' is not back')
  }
}

async function comment(client: Client, key: ForeignKey): Promise<void> {
  if (key.comment !== null)
    await client.query(
      `COMMENT ON CONSTRAINT ${quoteName(key.name)} ON ${quoteTable(key.table)} IS ${quoteText(key.comment)}`,
    )
}
