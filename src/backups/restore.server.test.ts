import {spawnSync} from 'node:child_process'
import {mkdirSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {Client} from 'pg'
import {type BackupBench, startBackupBench} from '../../test/servers/backup-bench.ts'
import {createStatements} from './methods/pgdump/database.ts'

let bench: BackupBench
beforeAll(async () => {
  bench = await startBackupBench()
}, 60_000)
afterAll(() => bench.stop())

const SUM = 'SELECT count(*)::int AS n, sum(hashtext(c::text)) AS sum FROM customers c'

describe('a restore', () => {
  test('brings back what was lost: rows and checksums of every table are equal, then it takes the live name', async () => {
    await bench.fill()
    const ops = bench.ops()
    const [before] = await bench.query(SUM)
    const entry = await ops.create()
    await ops.requireSound(entry.id)
    await bench.query('DELETE FROM orders; DELETE FROM customers WHERE id % 2 = 0; DROP TABLE "Odd ""name"')
    const names = ops.swapNames('shop', 'r-20261122-ab12')
    expect(names).toEqual({live: 'shop', restored: 'shop_restore_r_20261122_ab12', kept: 'shop_before_r_20261122_ab12'})
    expect(await ops.restoreEstimate(entry.id, {database: names.restored})).toBeUndefined()
    await ops.restore(entry.id, {database: names.restored})
    expect(await ops.restoreEstimate(entry.id, {database: names.restored})).toMatch(
      /^about \S+( \S+)? \(.+ to .+\) by 1 restore of \d+(\.\d)? MB$/,
    )
    const proof = await ops.requireEqual(entry.id, {database: names.restored})
    expect(proof).toMatchObject({ok: true, tables: 5, rows: 7103, differences: []})
    await ops.analyze({database: names.restored})
    expect(await ops.swapState(names)).toBe('not yet')

    const crowd = await connectCrowd(5)
    const result = await ops.swap(names)
    expect(result.terminated).toBeGreaterThanOrEqual(5)
    await crowd.end()

    expect(await ops.swapState(names)).toBe('swapped')
    expect((await bench.query(SUM))[0]).toEqual(before)
    expect(await bench.query('SELECT t FROM "Odd ""name"')).toHaveLength(3)
    const [settings] = await bench.query(
      "SELECT current_setting('work_mem') AS mem, current_setting('search_path') AS path, current_database() AS db",
    )
    expect(settings).toEqual({mem: '7MB', path: 'public, "Odd path"', db: 'shop'})
    const [owner] = await bench.query(
      "SELECT pg_get_userbyid(datdba) AS owner, datacl::text AS acl FROM pg_database WHERE datname = 'shop'",
    )
    expect(owner).toMatchObject({owner: 'shop_app'})
    expect(String(owner?.['acl'])).not.toContain('{=')
    const [table] = await bench.query("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'")
    expect(table).toEqual({tableowner: 'shop_app'})
    expect((await ops.list())[0]?.restoreTestedAt).toBeTypeOf('number')

    await ops.swapBack(names)
    expect(await ops.swapState(names)).toBe('not yet')
    expect((await bench.query(SUM))[0]).toMatchObject({n: 1000})
  })

  test('is offered a restore point where no log is archived: a copy, read completely, that no retention removes', async () => {
    await bench.fill()
    const ops = bench.ops()
    const {kind, backup, database, name} = await ops.createRestorePoint('before 2.0 of web')
    expect({kind, backup, database}).toEqual({kind: 'copy', backup: 'shop', database: 'shop'})
    const made = (await ops.list()).find(({id}) => id === name)
    expect(made).toMatchObject({state: 'good', held: true})
    await ops.releaseHold(name)
  })

  test('into a copy that differs afterwards is not called equal', async () => {
    await bench.fill()
    const ops = bench.ops()
    const entry = await ops.create()
    const place = {database: 'shop_restore_x'}
    await ops.restore(entry.id, place)
    for (const [change, word] of [
      ["UPDATE customers SET mood = 'bad' WHERE id = 1", 'other content'],
      ['DELETE FROM orders WHERE id = 7', '4999 rows instead of 5000'],
      ['DROP TABLE empty_one', 'missing'],
      ['CREATE TABLE surplus (id int)', 'not in the backup'],
      ['DELETE FROM orders; DELETE FROM customers', 'check customers: 0 instead of 2000'],
    ] as const) {
      await bench.query(change, place.database)
      const proof = await ops.prove(entry.id, place)
      expect(proof.ok).toBe(false)
      expect(proof.reason).toContain(word)
    }
    await expect(ops.requireEqual(entry.id, place)).rejects.toMatchObject({code: 'backup/mismatch'})
    await ops.dropCopy(place)
  })

  test('is not planned to a moment, whatever was asked for', async () => {
    await expect(bench.ops().recoveryPlan({})).rejects.toMatchObject({
      message: expect.stringContaining('knows single moments') as string,
    })
  })

  test('answers a check in the text that psql shows, or as programs write it', async () => {
    await bench.fill()
    const answers = [
      ['select count(*) > 0 from orders', 't'],
      ['select count(*) > 0 from orders', 'true'],
      ['select false', 'f'],
      ["select timestamptz '2026-11-27 18:00Z'", '2026-11-27T18:00:00.000Z'],
      ["select date '2026-11-27'", '2026-11-27'],
      [`select '{"a": [1, 2]}'::jsonb`, '{"a": [1, 2]}'],
      ["select array['a', 'b']", '{a,b}'],
      ['select 1.50', '1.50'],
      ['select null', 'null'],
    ] as const
    const checks = answers.map(([query, expect]) => ({name: `${query} is ${expect}`, query, expect}))
    const wrong = {name: 'wrong', query: 'select count(*) > 0 from orders', expect: 'f'}
    const none = {name: 'none', query: 'select 1 where false', expect: '1'}
    const ops = bench.ops({}, bench.configured({checks: [...checks, wrong, none]}))
    const {id} = await ops.create()
    const place = {database: 'shop_restore_checks'}
    await ops.restore(id, place)
    const found = await ops.prove(id, place)
    await ops.dropCopy(place)
    expect(found.checks.filter(({ok}) => !ok).map(({name, reason}) => `${name}: ${reason}`)).toEqual([
      'wrong: t instead of f',
      'none: no row instead of 1',
    ])
  })

  test('that cannot swap leaves the live database as it is and open', async () => {
    await bench.fill()
    const ops = bench.ops()
    const names = ops.swapNames('shop', 'r-none')
    await expect(ops.swap(names)).rejects.toMatchObject({code: 'backup/restore'})
    await bench.query(`CREATE DATABASE ${names.restored}`, 'postgres')
    await bench.query('CREATE TABLE held (id int)')
    const own = new AbortController()
    const aborting = bench.ops({act: (_, change) => (own.abort(new Error('stop')), change(own.signal))})
    await expect(aborting.swap(names)).rejects.toThrow('stop')
    expect(await bench.query('SELECT 1 AS one')).toEqual([{one: 1}])
    await ops.dropCopy({database: names.restored})
  })

  test('of a dump that was replaced after its verification is refused', async () => {
    const ops = bench.ops()
    const entry = await ops.create()
    const manifest = await ops.list()
    expect(manifest[0]?.id).toBe(entry.id)
    const error = await ops.restore('20200101-000000-ffff', {database: 'nothing'}).catch((reason: unknown) => reason)
    expect(error).toMatchObject({code: 'backup/missing'})
  })
})

test('names stay within 63 bytes and keep the run', () => {
  const names = bench.ops().swapNames('d'.repeat(63), 'R 2026/ünï')
  expect(names.restored.length).toBeLessThanOrEqual(63)
  expect(names.restored).toMatch(/_restore_r_2026_n_?$/)
})

test('the statements of a new database quote what they are given', () => {
  const statements = createStatements('a"b', {
    owner: 'o"w',
    encoding: 'UTF8',
    collate: 'C',
    ctype: 'C',
    provider: 'c',
    icuLocale: null,
    connectionLimit: 5,
    settings: [{role: 'r', name: 'app.key', value: "it's"}],
    grants: [
      {grantee: null, privilege: 'CONNECT', grantable: false},
      {grantee: 'x', privilege: 'CREATE', grantable: true},
    ],
    roles: [],
    comment: "it's",
    tablespace: 'fast"disk',
    collationVersion: null,
  })
  expect(statements).toEqual([
    `CREATE DATABASE "a""b" TEMPLATE template0 OWNER "o""w" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TABLESPACE "fast""disk" CONNECTION LIMIT 5`,
    `COMMENT ON DATABASE "a""b" IS 'it''s'`,
    `ALTER ROLE "r" IN DATABASE "a""b" SET "app"."key" = 'it''s'`,
    'REVOKE TEMPORARY ON DATABASE "a""b" FROM PUBLIC',
    'REVOKE CREATE ON DATABASE "a""b" FROM "o""w"',
    'REVOKE TEMPORARY ON DATABASE "a""b" FROM "o""w"',
    'REVOKE CONNECT ON DATABASE "a""b" FROM "o""w"',
    'GRANT CREATE ON DATABASE "a""b" TO "x" WITH GRANT OPTION',
  ])
})

async function connectCrowd(count: number): Promise<{end(): Promise<void>}> {
  const url = bench.server.url.replace(/\/postgres$/, '/shop')
  const clients = Array.from({length: count}, () => new Client({connectionString: url}))
  for (const client of clients) {
    client.on('error', () => undefined)
    await client.connect()
  }
  return {end: async () => void (await Promise.allSettled(clients.map(client => client.end())))}
}

test('a backup into a place that is full leaves nothing, and says what makes room', async context => {
  await bench.fill()
  const place = path.join(bench.directory, 'full')
  mkdirSync(place)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', place]).status !== 0)
    context.skip('a tmpfs cannot be mounted here')
  try {
    await expect(bench.ops({}, bench.configured({storage: {type: 'dir', path: place}})).create()).rejects.toMatchObject(
      {
        code: 'backup/failed',
        message: expect.stringContaining('no space left') as string,
        hint: expect.stringContaining('opsconsole backup prune') as string,
      },
    )
    const left = readdirSync(place, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())
    expect(left).toEqual([])
  } finally {
    spawnSync('umount', ['-l', place])
  }
})
