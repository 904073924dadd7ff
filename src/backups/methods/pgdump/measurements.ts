import type {Client} from 'pg'
import type {TableMeasurements} from '../../manifest.ts'
import {quoteName} from '../../../connections/postgres/quote.ts'
import {untilAborted} from '../../../units/until-aborted.ts'

/**
 * Row counts and checksums of every table whose rows pg_dump copies: ordinary tables and leaves of partitioned ones,
 * not those of extensions (their rows come with CREATE EXTENSION), not materialized views (they are computed again).
 *
 * The checksum is the sum over rows of a 64-bit hash: one sequential scan, constant memory, independent of the order
 * of rows. Where every column is of a plain type the hash is `hash_record_extended`, four times cheaper than hashing
 * the row's text; it takes 1.0 and 1.00, or 0 and -0, for equal. Other tables are hashed as text (an enum, for one,
 * hashes by its object id, which changes in a restore). The sum finds any accident; it is not made to withstand a
 * forger: the SHA-256 and the authenticated encryption of the stored file are. Large objects and the positions of
 * sequences are not covered.
 */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name,
    current_setting('server_version_num')::int >= 140000 AND NOT EXISTS (
      SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT (CASE WHEN t.typelem <> 0 AND t.typlen = -1 THEN t.typelem ELSE t.oid END)::regtype::text = ANY ($1)
    ) AS plain
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence IN ('p', 'u')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
    AND n.nspname NOT LIKE 'pg\\_temp\\_%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1, 2`

/** Types whose hash depends on the value alone. */
const PLAIN_TYPES = [
  'smallint',
  'integer',
  'bigint',
  'boolean',
  'text',
  'character varying',
  'character',
  'bytea',
  'uuid',
  'numeric',
  'real',
  'double precision',
  'date',
  'timestamp without time zone',
  'timestamp with time zone',
  'time without time zone',
  'interval',
  'jsonb',
  'inet',
  'cidr',
]

/** The text of a value depends on these; the same everywhere, or equal rows would differ. */
const TEXT_SETTINGS = [
  'SET search_path = pg_catalog',
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'postgres'",
  "SET TimeZone = 'UTC'",
  'SET extra_float_digits = 3',
  "SET bytea_output = 'hex'",
  "SET lc_monetary = 'C'",
  'SET xmloption = content',
  'SET row_security = off',
  'SET statement_timeout = 0',
  'SET lock_timeout = 0',
  'SET idle_in_transaction_session_timeout = 0',
].join('; ')

/** Makes the session print values one way, and wait as long as it takes. */
export async function configureSession(client: Client): Promise<void> {
  await client.query(TEXT_SETTINGS)
}

/** Reads every table once. The session must be configured (`configureSession`); a transaction around it makes them all of one moment. */
export async function readMeasurements(
  client: Client,
  options: {
    readonly signal: AbortSignal
    readonly progress?: (done: number, total: number) => void
    /** How each table was hashed before, by `schema.name`: a comparison must hash the same way. */
    readonly hashes?: ReadonlyMap<string, TableMeasurements['hash']>
  },
): Promise<readonly TableMeasurements[]> {
  const tables = await client.query<{schema: string; name: string; plain: boolean}>(TABLES, [PLAIN_TYPES])
  const measurements: TableMeasurements[] = []
  for (const table of tables.rows) {
    options.signal.throwIfAborted()
    options.progress?.(measurements.length, tables.rows.length)
    const hash = options.hashes?.get(`${table.schema}.${table.name}`) ?? (table.plain ? 'record' : 'text')
    // A long scan is not waited for: closing the session afterwards ends it on the server.
    measurements.push(await untilAborted(options.signal, readTable(client, {...table, hash})))
  }
  return measurements
}

async function readTable(
  client: Client,
  table: Pick<TableMeasurements, 'schema' | 'name' | 'hash'>,
): Promise<TableMeasurements> {
  const {schema, name} = table
  // `(r.*)`, not `r`: a column may be called r as well.
  const hash = table.hash === 'record' ? 'hash_record_extended((r.*), 0)' : 'hashtextextended((r.*)::text, 0)'
  const result = await client.query<{rows: string; checksum: string}>(
    `SELECT count(*)::text AS rows, coalesce(sum(${hash}), 0)::text AS checksum
     FROM ONLY ${quoteName(schema)}.${quoteName(name)} AS r`,
  )
  const row = result.rows[0]
  return {schema, name, rows: Number(row?.rows ?? 0), hash: table.hash, checksum: row?.checksum ?? '0'}
}

export interface TableDifference {
  readonly table: string
  readonly reason: string
}

/** Every table that is missing, new, or differs. Pure. */
export function compareMeasurements(
  expected: readonly TableMeasurements[],
  found: readonly TableMeasurements[],
): readonly TableDifference[] {
  const key = (table: TableMeasurements): string => `${table.schema}.${table.name}`
  const byName = new Map(found.map(table => [key(table), table]))
  const differences: TableDifference[] = []
  for (const table of expected) {
    const other = byName.get(key(table))
    byName.delete(key(table))
    if (other === undefined) differences.push({table: key(table), reason: 'missing'})
    else if (other.rows !== table.rows)
      differences.push({table: key(table), reason: `${other.rows} rows instead of ${table.rows}`})
    else if (other.checksum !== table.checksum)
      differences.push({table: key(table), reason: `${table.rows} rows, but other content`})
  }
  for (const name of byName.keys()) differences.push({table: name, reason: 'not in the backup'})
  return differences
}
