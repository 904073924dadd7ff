import type {Client} from 'pg'

/**
 * The text of a value depends on these, and how long one may read; the same everywhere, or equal rows would differ.
 * pg_dump reads with an empty search path as well.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '3',
  bytea_output: 'hex',
  lc_monetary: 'C',
  xmloption: 'content',
  row_security: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  transaction_timeout: '0',
}

/**
 * Begins a transaction that sees one moment and prints values one way. Every setting is local to it: behind a pooler the
 * session may be anybody's afterwards. Returns the database's own search path, quoted; empty when no schema of it exists.
 */
export async function beginMeasuring(client: Client): Promise<string> {
  await client.query(
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE NONE; SET LOCAL statement_timeout = 0',
  )
  const {rows} = await client.query<{path: string}>(
    `SELECT coalesce(string_agg(quote_ident(s), ', '), '') AS path FROM unnest(current_schemas(false)) s`,
  )
  // Only those that this server knows: some are younger than others.
  await client.query(
    `SELECT set_config(v.name, v.value, true) FROM unnest($1::text[], $2::text[]) AS v (name, value)
     JOIN pg_settings s ON lower(s.name) = lower(v.name)`,
    [Object.keys(SETTINGS), Object.values(SETTINGS)],
  )
  return rows[0]?.path ?? ''
}
