import type {Client} from 'pg'
import {quoteName} from '../../connections/postgres/quote.ts'
import {quoteTable} from './copy-catalogue.ts'
import type {TableName} from './table-name.ts'

const STATES: Readonly<Record<string, string>> = {O: 'ENABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS'}

/** Rows that come back are not written anew: no trigger of an application sees them. Puts every trigger back as it was. */
export async function withoutTriggers(
  client: Client,
  tables: readonly TableName[],
): Promise<{readonly enableAgain: () => Promise<void>}> {
  const found: (TableName & {readonly trigger: string; readonly state: string})[] = []
  for (const {schema, name} of tables) {
    const {rows} = await client.query<{trigger: string; state: string}>(
      `SELECT t.tgname AS trigger, t.tgenabled::text AS state FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname = $2 AND NOT t.tgisinternal AND t.tgenabled <> 'D'`,
      [schema, name],
    )
    found.push(...rows.map(row => ({schema, name, ...row})))
  }
  const alter = async (verb: (state: string) => string): Promise<void> => {
    for (const {trigger, state, ...table} of found)
      await client.query(`ALTER TABLE ONLY ${quoteTable(table)} ${verb(state)} TRIGGER ${quoteName(trigger)}`)
  }
  await alter(() => 'DISABLE')
  return {enableAgain: () => alter(state => STATES[state] ?? 'ENABLE')}
}
