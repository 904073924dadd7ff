import {execFileSync} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../../../test/servers/backup-bench.ts'
import {type Pooler, startPooler} from '../../../../test/servers/pooler.ts'
import type {PostgresServer} from '../../../../test/servers/postgres.ts'
import {startReplica} from '../../../../test/servers/replica.ts'
import {readConninfo} from '../../../connections/postgres/conninfo.ts'
import {readPooling} from '../../../connections/postgres/pooling.ts'
import type {BackupsConfig} from '../../source.ts'

let bench: BackupBench
let session: Pooler
let transaction: Pooler
let replica: PostgresServer
beforeAll(async () => {
  bench = await startBackupBench()
  await bench.fill()
  replica = await startReplica(bench.server, {name: 'one'})
  session = await startPooler(bench.server, 'session')
  transaction = await startPooler(bench.server, 'transaction')
}, 90_000)
afterAll(async () => {
  await Promise.all([session.stop(), transaction.stop(), replica.stop()])
  await bench.stop()
})

const through = (url: string, name: string): BackupsConfig => {
  const config = bench.configured({name})
  const database = url.replace(/\/postgres$/, '/shop')
  return {...config, databases: config.databases.map(entry => ({...entry, url: database, adminUrl: url}))}
}
const signal = AbortSignal.timeout(60_000)

describe('a connection is what it says:', () => {
  test('the server, a pool in session mode, a pool in transaction mode', async () => {
    const pooling = async (url: string) => readPooling(await readConninfo(url), signal)
    expect(await pooling(bench.server.url)).toBe('none')
    expect(await pooling(session.url)).toBe('session')
    expect(await pooling(transaction.url)).toBe('transaction')
  })

  test('through a pool in session mode a backup is taken, restored, proved and swapped', async () => {
    const ops = bench.ops({}, through(session.url, 'pooled'))
    const {id} = await ops.create()
    await ops.requireSound(id)
    await ops.requireFit(id, {globals: false})
    const names = ops.swapNames('shop', 'r-pooled')
    await ops.restore(id, {database: names.restored})
    expect(await ops.requireEqual(id, {database: names.restored})).toMatchObject({ok: true})
    await ops.swap(names)
    expect(await ops.swapState(names)).toBe('swapped')
    await ops.firstWrite({database: 'shop'})
    await ops.swapBack(names)
    await ops.dropCopy({database: names.restored})
  }, 60_000)

  test('through a pool in transaction mode nothing is taken or restored, and no session of others is changed', async () => {
    const {id} = await bench.ops({}, through(bench.server.url, 'shared')).create()
    const ops = bench.ops({}, through(transaction.url, 'shared'))
    const refused = {code: 'config/invalid', message: expect.stringContaining('a pooler in transaction mode')}
    await expect(ops.create()).rejects.toMatchObject(refused)
    await expect(ops.requireFit(id, {globals: false})).rejects.toMatchObject(refused)
    // What a comparison sets is gone with its transaction.
    await ops.prove(id, {database: 'shop'})
    const client = new Client({connectionString: transaction.url.replace(/\/postgres$/, '/shop')})
    await client.connect()
    const {rows} = await client.query(
      "SELECT current_setting('search_path') AS path, current_setting('default_transaction_read_only') AS only, current_setting('row_security') AS rls",
    )
    await client.end()
    expect(rows).toEqual([{path: 'public, "Odd path"', only: 'off', rls: 'on'}])
  })
})

describe('a backup that is taken from a standby', () => {
  test('is whole but for the rows of unlogged tables, and says so; nothing is restored to a standby', async () => {
    await bench.query(
      'CREATE UNLOGGED TABLE sessions AS SELECT g AS id FROM generate_series(1, 9) g; CREATE TABLE after_it (id int)',
    )
    await expect
      .poll(() => askReplica("SELECT count(*) AS n FROM pg_class WHERE relname = 'after_it'"), {timeout: 30_000})
      .toEqual([{n: '1'}])
    const ops = bench.ops({}, through(replica.url, 'standby'))
    const {id} = await ops.create()
    await ops.requireSound(id)
    const [entry] = await ops.list()
    expect(entry).toMatchObject({state: 'good', globals: 'whole'})
    expect(entry?.reason).toContain('public.sessions: unlogged: a standby has none of its rows')
    await expect(ops.requireFit(id, {globals: false})).rejects.toMatchObject({
      code: 'backup/unfit',
      message: expect.stringContaining('the server is a standby'),
    })
    const home = bench.ops({}, through(bench.server.url, 'standby'))
    await home.restore(id, {database: 'from_standby'})
    expect(await home.requireEqual(id, {database: 'from_standby'})).toMatchObject({ok: true})
    expect(await bench.query('SELECT count(*)::int AS n FROM sessions', 'from_standby')).toEqual([{n: 0}])
    await home.dropCopy({database: 'from_standby'})
  }, 60_000)

  async function askReplica(sql: string): Promise<unknown> {
    const client = new Client({connectionString: replica.url.replace(/\/postgres$/, '/shop')})
    await client.connect()
    return client.query(sql).then(
      ({rows}) => client.end().then(() => rows),
      () => client.end().then(() => undefined),
    )
  }
})

describe('what a database keeps elsewhere or sets for its sessions', () => {
  test('tablespaces are made on a scratch server, and named where they are missing', async () => {
    const place = `${bench.server.dir}-ts`
    mkdirSync(place, {mode: 0o700})
    execFileSync('chown', [process.getuid?.() === 0 ? 'postgres' : String(process.getuid?.()), place])
    await bench.query(`CREATE TABLESPACE "fast disk" LOCATION '${place}'`, 'postgres')
    await bench.query('CREATE TABLE quick (id int PRIMARY KEY) TABLESPACE "fast disk"')
    const ops = bench.ops()
    const {id} = await ops.create()
    await ops.requireSound(id)
    await ops.requireFit(id, {globals: false})
    const scratch = await ops.planScratch(id)
    await ops.startScratch(id, scratch)
    try {
      await ops.restore(id, {database: 'shop', scratch})
      expect(await ops.prove(id, {database: 'shop', scratch})).toMatchObject({ok: true})
    } finally {
      await ops.removeScratch(scratch)
    }
    await bench.query('DROP TABLE quick')
    await bench.query('DROP TABLESPACE "fast disk"', 'postgres')
    await expect(ops.requireFit(id, {globals: false})).rejects.toMatchObject({
      code: 'backup/unfit',
      message: expect.stringContaining('tablespace fast disk is missing'),
      hint: expect.stringContaining(`CREATE TABLESPACE "fast disk" LOCATION '${place}';`),
    })
  }, 60_000)

  test('a database that is read-only for its sessions, acts as another role and forbids DDL comes back', async () => {
    await bench.fill()
    await bench.query(`CREATE FUNCTION never() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no DDL here'; END $$;
      CREATE EVENT TRIGGER never ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION never()`)
    await bench.query(
      `ALTER DATABASE shop SET default_transaction_read_only = on; ALTER DATABASE shop SET role = shop_app;
      ALTER DATABASE shop SET statement_timeout = '2s'`,
      'postgres',
    )
    const ops = bench.ops({}, bench.configured({checks: []}))
    const {id} = await ops.create()
    await ops.requireSound(id)
    await ops.restore(id, {database: 'shop_again'})
    expect(await ops.requireEqual(id, {database: 'shop_again'})).toMatchObject({ok: true})
    await ops.analyze({database: 'shop_again'})
    await ops.firstWrite({database: 'shop_again'})
    await ops.dropCopy({database: 'shop_again'})
  }, 60_000)
})
