import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {Client} from 'pg'
import drill from '../../runbooks/dr-drill.ts'
import restorePitr from '../../runbooks/restore-pitr.ts'
import {quoteName} from '../../src/connections/postgres/quote.ts'
import {unprivileged} from '../../src/lab/accounts.ts'
import {waitFor} from '../../src/lab/wait.ts'
import type {Ops} from '../../src/runbooks/ops.ts'
import {type PhysicalBench, startPhysical} from '../servers/physical.ts'
import {ownedDirectory} from '../servers/scratch.ts'
import {walkRunbook, type Walked} from '../servers/walk-runbook.ts'
import {countOf} from './sample.ts'

const COUNT = countOf('B2 beside')

let bench: PhysicalBench
let client: Client
let moment = ''

beforeAll(async () => {
  bench = await startPhysical()
  const tablespace = await ownedDirectory(
    path.join(bench.dir, 'tablespace'),
    await unprivileged(['postgres', 'nobody']),
  )
  client = new Client({connectionString: bench.server.url})
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`CREATE TABLESPACE away LOCATION '${tablespace}'`)
  await client.query('CREATE TABLE ledger (id int PRIMARY KEY, amount int, note text)')
  await client.query('CREATE TABLE away (id int) TABLESPACE away')
  await client.query('INSERT INTO ledger SELECT i, i, md5(i::text) FROM generate_series(1, 5000) i')
  await client.query('INSERT INTO away SELECT generate_series(1, 500)')
  await bench.ops().create('regular', 'full')
  await bench.ops({}, 'shop').create('regular')
  // A backup ends within the second that its catalogue names: a moment in it would be before its end.
  const [newest] = await bench.ops().list()
  await waitFor(() => Promise.resolve(Date.now() > (newest?.takenAt ?? 0) + 1000), {timeoutMs: 60_000})
  await client.query('UPDATE ledger SET amount = amount + 1 WHERE id % 7 = 0')
  const {rows} = await client.query<{at: string}>('SELECT clock_timestamp()::text AS at')
  moment = rows[0]?.at ?? ''
  await client.query('INSERT INTO away VALUES (501)')
  await client.query('SELECT pg_switch_wal()')
  const reached = async (): Promise<boolean> => {
    await bench.ops().recoveryPlan({to: moment})
    return true
  }
  expect(await waitFor(reached, {timeoutMs: 60_000})).toBe(true)
}, 180_000)
afterAll(async () => {
  await client?.end()
  await bench?.stop()
})

/** Every table of everybody by its checksum, and since when the server runs. */
async function production(): Promise<unknown> {
  const tables = await client.query<{schema: string; name: string}>(
    `SELECT schemaname AS schema, tablename AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  )
  const sums: unknown[] = []
  for (const {schema, name} of tables.rows) {
    const table = `${quoteName(schema)}.${quoteName(name)}`
    const {rows} = await client.query(
      `SELECT '${table}' AS "table", count(*) AS rows, md5(string_agg(t::text, '|' ORDER BY t::text)) AS checksum FROM ${table} t`,
    )
    sums.push(...rows)
  }
  const {rows} = await client.query('SELECT pg_postmaster_start_time()::text AS started')
  const databases = await client.query('SELECT datname FROM pg_database ORDER BY 1')
  return {sums, started: rows[0], databases: databases.rows}
}

const walk = (index: number): Promise<Walked> => {
  const ops = (name: 'cluster' | 'shop'): Ops =>
    ({environment: {name: 'test', protected: false}, backup: () => bench.ops({}, name)}) as unknown as Ops
  return index % 2 === 0
    ? walkRunbook(restorePitr, {params: {to: moment, keep: 'false'}, ops: ops('cluster')})
    : walkRunbook(drill, {params: {}, ops: ops('shop')})
}

test(`B2 beside: ${COUNT} restores and drills beside a server that runs leave every table of it as it was`, {
  timeout: 60_000 * COUNT + 60_000,
}, async () => {
  const before = await production()
  expect(before).toMatchObject({sums: [{rows: '501'}, {rows: '5000'}]})
  for (let index = 0; index < COUNT; index += 1) {
    const walked = await walk(index)
    expect(walked, `${index}: ${walked.reason}`).toMatchObject({outcome: 'done'})
    expect(await production(), `after ${index}`).toEqual(before)
  }
})
