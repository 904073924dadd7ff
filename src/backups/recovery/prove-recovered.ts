import {readFile} from 'node:fs/promises'
import type {Client} from 'pg'
import {withSession} from '../../connections/postgres/session.ts'
import {messageOf, OpsError} from '../../errors.ts'
import type {OpsContext} from '../context.ts'
import {readMeasurements} from '../methods/pgdump/measurements.ts'
import {beginMeasuring} from '../methods/pgdump/measuring-session.ts'
import {answerCheck} from '../methods/pgdump/prove.ts'
import {scratchConnection, type ScratchServer} from '../scratch.ts'
import {partOf} from '../tables/part.ts'
import {escapeLine} from '../../text/escape.ts'
import {parseTables, showTable} from '../tables/table-name.ts'
import {partsOf, type RecoveryEnd, recoveryEnd} from './start-recovered.ts'

/** What a copy of a moment was found to hold. */
export interface RecoveryProof extends RecoveryEnd {
  readonly ok: boolean
  readonly reason: string
  readonly tables: number
  readonly rows: number
  /** By `schema.table`: rows and checksum, to be compared with what was measured at that moment. */
  readonly measured: readonly {readonly table: string; readonly rows: number; readonly checksum: string}[]
  readonly checks: readonly {readonly name: string; readonly ok: boolean; readonly reason: string}[]
}

/** What of a copy is looked at. */
export interface Wanted {
  readonly table?: string | undefined
  readonly removed?: readonly number[] | undefined
}

/** See `RecoveryOps.proveRecovered`. */
export async function proveRecovered(
  context: OpsContext,
  server: ScratchServer,
  {table, removed = []}: Wanted,
): Promise<RecoveryProof> {
  const {tools, source} = context
  if (tools.dryRun) return UNPROVED
  const end = recoveryEnd(await readFile(partsOf(server).log, 'utf8'))
  const database = (await context.access.live()).database
  const {signal} = tools
  const {tables, checks} = await withSession(scratchConnection(server, database), signal, async client => {
    for (const name of await namesOf(client, removed)) tools.log(`removed after that moment: ${name}`)
    const ownPath = await beginMeasuring(client)
    const progress = (done: number, total: number): void => tools.progress(done, total, 'tables')
    const part = table === undefined ? {} : {only: (await partOf(client, parseTables(table))).leaves}
    const measured = await readMeasurements(client, {signal, ownPath, progress, ...part})
    await client.query('COMMIT')
    const answers: RecoveryProof['checks'][number][] = []
    for (const check of table === undefined ? source.backup.checks : []) answers.push(await answerCheck(client, check))
    return {tables: measured.tables, checks: answers}
  }).catch((cause: unknown) => {
    signal.throwIfAborted()
    if (cause instanceof OpsError && cause.code === 'usage/arguments') throw cause
    throw new OpsError('backup/mismatch', `the copy cannot be read: ${messageOf(cause)}`, {cause})
  })
  const failed = checks.filter(({ok}) => !ok)
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const proof: RecoveryProof = {
    ...end,
    ok: failed.length === 0,
    tables: tables.length,
    rows,
    measured: tables.map(({schema, name, rows: count, checksum}) => ({
      table: `${schema}.${name}`,
      rows: count,
      checksum,
    })),
    checks,
    reason:
      failed.length > 0
        ? failed.map(({name, reason}) => `check ${name}: ${reason}`).join('; ')
        : `${tables.length} tables, ${rows} rows read, ${checks.length} checks; ${end.stopped ?? 'the whole log was replayed'}`,
  }
  tools.log(proof.reason)
  return proof
}

/** Of the copy, what had these files: `table public.orders`. */
async function namesOf(client: Client, files: readonly number[]): Promise<readonly string[]> {
  if (files.length === 0) return []
  const {rows} = await client.query<{kind: string; schema: string; name: string}>(
    `SELECT CASE c.relkind WHEN 'i' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind,
       n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relfilenode = ANY ($1::oid[]) AND n.nspname <> 'pg_toast' ORDER BY c.relkind DESC, 2, 3`,
    [files],
  )
  return rows.map(({kind, ...table}) => escapeLine(`${kind} ${showTable(table)}`, 200))
}

const UNPROVED: RecoveryProof = {
  ok: true,
  reason: 'dry run: there is nothing to read',
  tables: 0,
  rows: 0,
  measured: [],
  checks: [],
  stopped: undefined,
  lastTransaction: undefined,
  segments: 0,
}
