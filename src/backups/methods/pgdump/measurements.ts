import type {Client} from 'pg'
import {untilAborted} from '../../../units/until-aborted.ts'
import type {TableMeasurements, UnprovedTable} from '../../manifest.ts'
import type {Measurements} from '../../compare-measurements.ts'
import {readTable} from './read-table.ts'

/**
 * Row counts and checksums of every table whose rows pg_dump copies: ordinary tables and leaves of partitioned ones,
 * not those of extensions (their rows come with CREATE EXTENSION), not materialized views (they are computed again).
 *
 * The checksum is the sum over rows of a 64-bit hash: one sequential scan, constant memory, independent of the order
 * of rows. Where every column is of a plain type the hash is `hash_record_extended`, four times cheaper than hashing
 * the row's text; it takes 1.0 and 1.00, or 0 and -0, for equal. Other tables are hashed as text (an enum, for one,
 * hashes by its object id, which changes in a restore). The sum finds any accident; it is not made to withstand a
 * forger: the SHA-256 and the authenticated encryption of the stored file are.
 */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, c.relpersistence = 'u' AND pg_is_in_recovery() AS empty,
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

const ON_STANDBY = 'unlogged: a standby has none of its rows, so they are in no backup taken there'

export interface MeasuringOptions {
  readonly signal: AbortSignal
  /** The database's own search path, of `beginMeasuring`. */
  readonly ownPath: string
  readonly progress?: (done: number, total: number) => void
  /** What a comparison is with: a table must be read as it was then; what was not read then need not be now. */
  readonly before?: Measurements
  /** Of all tables, these alone. */
  readonly only?: readonly Pick<TableMeasurements, 'schema' | 'name'>[]
}

/** Reads every table once, within the transaction of `beginMeasuring`, which makes them all of one moment. */
export async function readMeasurements(client: Client, options: MeasuringOptions): Promise<Measurements> {
  const {signal, ownPath, only, before = {tables: [], unproved: []}} = options
  const all = await client.query<{schema: string; name: string; empty: boolean; plain: boolean}>(TABLES, [PLAIN_TYPES])
  const listed = all.rows.filter(
    ({schema, name}) => only === undefined || only.some(one => one.schema === schema && one.name === name),
  )
  const read = new Map(before.tables.map(table => [`${table.schema}.${table.name}`, table]))
  const unread = new Set(before.unproved.map(table => `${table.schema}.${table.name}`))
  const tables: TableMeasurements[] = []
  const unproved: UnprovedTable[] = []
  for (const [done, {schema, name, empty, plain}] of listed.entries()) {
    signal.throwIfAborted()
    options.progress?.(done, listed.length)
    const earlier = read.get(`${schema}.${name}`)
    if (empty || unread.has(`${schema}.${name}`)) {
      unproved.push({schema, name, reason: empty ? ON_STANDBY : 'it was not read when the backup was taken'})
      continue
    }
    const hash = earlier?.hash ?? (plain ? 'record' : 'text')
    const path = earlier?.searchPath === undefined ? {} : {searchPath: earlier.searchPath}
    // A long scan is not waited for: closing the session afterwards ends it on the server.
    const found = await untilAborted(signal, readTable(client, {schema, name, hash, ...path}, ownPath))
    if ('reason' in found) unproved.push(found)
    else tables.push(found)
  }
  return {tables, unproved}
}
