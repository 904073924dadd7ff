import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {loadBackupOps} from '../../src/backups/ops.ts'
import type {BackupsConfig} from '../../src/backups/source.ts'
import {quoteName} from '../../src/connections/postgres/quote.ts'
import {type BackupBench, startBackupBench} from '../servers/backup-bench.ts'
import {fingerprintOf} from '../servers/fingerprint.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type Pooler, startPooler} from '../servers/pooler.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {startReplica} from '../servers/replica.ts'
import {GLOBALS, pickFrom, SHAPES, TABLESPACE} from './database-shapes.ts'
import {countOf, isFull, seedOr} from './sample.ts'

const createBackupOps = await loadBackupOps()

const WAYS = ['primary', 'standby', 'pooler'] as const
const SEED = seedOr(20261126)
const SCHEMAS = isFull('W4') ? 2000 : 60

/** Of all shapes in all ways, so many from where the seed points; a batch goes on where the one before it ended. */
const CASES = SHAPES.flatMap(shape => WAYS.map(way => ({shape, way})))
const START = isFull('W4') ? ((SEED - 20261126) / 1000) * countOf('W4') : 0
const chosen = Array.from({length: countOf('W4')}, (_, index) => {
  const at = (START + index * (isFull('W4') ? 1 : 19)) % CASES.length
  return {...(CASES[at] as (typeof CASES)[number]), seed: SEED + at}
})

let bench: BackupBench
let replica: PostgresServer
let pooler: Pooler
beforeAll(async () => {
  bench = await startBackupBench()
  await run(bench.server.url, GLOBALS)
  replica = await startReplica(bench.server, {name: 'one'})
  await makeTablespace(bench.server)
  pooler = await startPooler(bench.server, 'session')
}, 120_000)
afterAll(async () => {
  await Promise.all([pooler?.stop(), replica?.stop()])
  await bench.stop()
})

describe('a database is taken, restored on a new empty server, and equal:', () => {
  test.each(chosen)('$shape.name, from $way (seed $seed)', {timeout: 240_000}, async ({shape, way, seed}) => {
    const name = `shape "${seed % 1000}" ü%`
    const sql = shape.sql(pickFrom(seed, SCHEMAS)).replaceAll('NAME', quoteName(name))
    await run(bench.server.url, `CREATE DATABASE ${quoteName(name)} ${shape.options ?? ''}`)
    // What wants no transaction around it stands alone.
    await run(urlOf(bench.server.url, name), ...sql.split('\n      ALONE '))
    await caughtUp()
    const from = {primary: bench.server.url, standby: replica.url, pooler: pooler.url}[way]
    const source = createBackupOps(configOf(from, name), benchTools())
    const {id} = await source.create()
    await source.requireSound(id)

    const target = await startPostgres()
    try {
      const ops = createBackupOps(configOf(target.url, name), benchTools())
      // Whatever names a role or the tablespace is refused before anything is made.
      const refusal = await ops.requireFit(id, {globals: false}).catch((error: unknown) => error)
      if (/owner_a|reader_b|admins/.test(sql)) expect(refusal).toMatchObject({code: 'backup/unfit'})
      await makeTablespace(target)
      await ops.createGlobals(id)
      await ops.requireFit(id, {globals: false})
      await ops.restore(id, {database: name})
      expect(await ops.prove(id, {database: name})).toMatchObject({ok: true, differences: []})
      const unlogged = way !== 'standby'
      const [before, after] = await Promise.all(
        // A standby knows the positions of sequences some ahead, as its primary wrote them down.
        [way === 'standby' ? replica.url : bench.server.url, target.url].map(url =>
          fingerprintOf(urlOf(url, name), {unlogged}),
        ),
      )
      expect(after).toEqual(before)
    } finally {
      await target.stop()
      // A subscription, even one that is connected to nothing, keeps its database.
      const gone = ['SET default_transaction_read_only = off', 'DROP SUBSCRIPTION IF EXISTS idle']
      await run(urlOf(bench.server.url, name), ...gone)
      await run(bench.server.url, `DROP DATABASE ${quoteName(name)} WITH (FORCE)`)
    }
  })
})

const benchTools = () =>
  plainTools({environment: {name: 'production', protected: false}, signal: AbortSignal.timeout(200_000)})

function configOf(url: string, database: string): BackupsConfig {
  const config = bench.configured({checks: []})
  return {...config, databases: config.databases.map(entry => ({...entry, url: urlOf(url, database), adminUrl: url}))}
}

const urlOf = (url: string, database: string): string => url.replace(/\/postgres$/, `/${encodeURIComponent(database)}`)

/** Each text in one go, on one session. */
async function run(url: string, ...texts: readonly string[]): Promise<void> {
  const client = new Client({connectionString: url})
  client.on('error', () => undefined)
  await client.connect()
  try {
    for (const text of texts) await client.query(text)
  } finally {
    await client.end()
  }
}

/** In the data directory: a replica on the same host cannot share the place of its primary. */
const makeTablespace = ({url}: PostgresServer): Promise<void> =>
  run(url, 'SET allow_in_place_tablespaces = on', `CREATE TABLESPACE ${quoteName(TABLESPACE)} LOCATION ''`)

/** The replica has all that the primary had written by now. */
async function caughtUp(): Promise<void> {
  const [{lsn} = {lsn: ''}] = (await bench.query('SELECT pg_current_wal_lsn()::text AS lsn', 'postgres')) as {
    lsn: string
  }[]
  const client = new Client({connectionString: replica.url})
  await client.connect()
  try {
    await expect
      .poll(
        async () =>
          (await client.query<{ok: boolean}>('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS ok', [lsn])).rows[0]?.ok,
        {timeout: 60_000},
      )
      .toBe(true)
  } finally {
    await client.end()
  }
}
