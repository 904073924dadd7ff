import type {Client} from 'pg'
import {sqlState} from '../../../connections/postgres/sql-state.ts'
import {messageOf} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {LargeObjects, SequenceMeasurements} from '../../manifest.ts'

/** Positions of sequences, by `schema.name`; null of one that was never used. */
export type SequencePositions = ReadonlyMap<string, string | null>

/** Those of extensions come with them; one that starts again at its end has no position that could be compared. */
const SEQUENCES = `
  SELECT s.schemaname AS schema, s.sequencename AS name, s.last_value::text AS position FROM pg_sequences s
    JOIN pg_namespace n ON n.nspname = s.schemaname JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.sequencename
  WHERE NOT s.cycle AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery()) AND s.schemaname NOT LIKE 'pg\\_temp\\_%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1, 2`

/**
 * A sequence belongs to no snapshot: pg_dump copies the position that it meets. So they are read before and after it, and
 * what was copied lies between.
 */
export async function readSequences(client: Client): Promise<SequencePositions> {
  return within(client, async () => {
    const {rows} = await client.query<{schema: string; name: string; position: string | null}>(SEQUENCES)
    return new Map(rows.map(({schema, name, position}) => [JSON.stringify([schema, name]), position]))
  }).catch((error: unknown) => {
    if (sqlState(error) !== undefined) return new Map()
    throw error
  })
}

/** Between which positions each was copied. One that came or went meanwhile is left out. */
export const sequenceRanges = (before: SequencePositions, after: SequencePositions): SequenceMeasurements[] =>
  [...before].flatMap(([key, from]) => {
    const to = after.get(key)
    if (to === undefined) return []
    const [schema = '', name = ''] = JSON.parse(key) as string[]
    return [{schema, name, from, to}]
  })

/** Count and checksum, independent of their order, as those of tables; or why they cannot be read. */
export async function readLargeObjects(client: Client): Promise<LargeObjects> {
  try {
    return await within(client, async () => {
      const {rows} = await client.query<{count: string; checksum: string}>(
        `SELECT count(*)::text AS count, coalesce(sum(hashtextextended(oid::text || ':' || md5(lo_get(oid)), 0)), 0)::text AS checksum
         FROM pg_largeobject_metadata`,
      )
      return {count: Number(rows[0]?.count ?? 0), checksum: rows[0]?.checksum ?? '0'}
    })
  } catch (error) {
    if (sqlState(error) !== undefined) return {unread: escapeLine(messageOf(error), 200)}
    throw error
  }
}

/** An error of the work does not end the transaction around it. */
async function within<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('SAVEPOINT others')
  try {
    const done = await work()
    await client.query('RELEASE SAVEPOINT others')
    return done
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT others; RELEASE SAVEPOINT others')
    throw error
  }
}
