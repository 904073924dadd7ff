import {mkdir, readFile, symlink, truncate, unlink, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {Client} from 'pg'
import {type BackupBench, startBackupBench} from '../../test/servers/backup-bench.ts'
import {type PostgresServer, startPostgres} from '../../test/servers/postgres.ts'
import {OpsError} from '../errors.ts'
import type {BackupsConfig} from './source.ts'

let bench: BackupBench
/** An empty server, with nothing of the first. */
let other: PostgresServer
beforeAll(async () => {
  ;[bench, other] = await Promise.all([startBackupBench(), startPostgres()])
}, 60_000)
afterAll(() => Promise.all([bench.stop(), other.stop()]))

/** The same backup, for a server at another URL, as another role. */
const at = (url: string, database = 'shop', changes: Record<string, unknown> = {}): BackupsConfig => {
  const config = bench.configured({checks: [], ...changes})
  const named = url.replace(/\/postgres$/, `/${database}`)
  return {...config, databases: config.databases.map(entry => ({...entry, url: named, adminUrl: url}))}
}
const as = (server: PostgresServer, role: string): string => server.url.replace('postgres@', `${role}@`)

async function ask(server: PostgresServer, sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
  const client = new Client({connectionString: server.url.replace(/\/postgres$/, `/${database}`)})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

async function refusal(work: Promise<unknown>): Promise<OpsError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (error instanceof OpsError) return error
  throw new Error(`expected an OpsError, got ${String(error)}`)
}

const ROLES = `CREATE ROLE shop_rw LOGIN PASSWORD 'test-only' CONNECTION LIMIT 7; CREATE ROLE "weird ""Role"; CREATE ROLE admins CREATEDB;
  GRANT admins TO shop_rw WITH ADMIN OPTION; ALTER ROLE shop_rw SET work_mem = '9MB'; COMMENT ON ROLE shop_rw IS E'it''s\\nours;'`
const RIGHTS = `GRANT SELECT ON customers TO shop_rw; GRANT UPDATE (name) ON customers TO "weird ""Role"`
const SERVER_ROLES = `SELECT rolname, rolpassword, rolcanlogin, rolconnlimit,
  (SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = a.oid AND setdatabase = 0) AS settings, shobj_description(oid, 'pg_authid') AS said,
  ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = a.oid) AS groups
  FROM pg_authid a WHERE oid >= 16384 ORDER BY 1`

describe('roles and other globals', () => {
  test('travel with the backup: a new empty server is refused, then gets exactly what it lacks', async () => {
    await ask(bench.server, ROLES)
    await bench.fill()
    await bench.query(RIGHTS)
    await bench.query(
      `COMMENT ON DATABASE shop IS 'The shop''s'; ALTER ROLE shop_rw IN DATABASE shop SET work_mem = '8MB'`,
    )
    const {id} = await bench.ops().create()
    await bench.ops().requireSound(id)
    expect((await bench.ops().list())[0]).toMatchObject({id, globals: 'whole', state: 'good'})

    const there = bench.ops({}, at(other.url))
    const refused = await refusal(there.requireFit(id, {globals: false}))
    expect(refused).toMatchObject({code: 'backup/unfit', message: expect.stringContaining('role shop_rw is missing')})
    expect(refused.hint).toContain('CREATE ROLE "shop_rw" LOGIN;')
    expect(refused.hint).toContain('GRANT "admins" TO "shop_rw";')
    expect(refused.hint).toContain('CREATE ROLE "weird ""Role";')

    await ask(other, `CREATE ROLE shop_app LOGIN PASSWORD 'its-own'`)
    const [before] = await ask(other, "SELECT rolpassword FROM pg_authid WHERE rolname = 'shop_app'")
    const fit = await there.requireFit(id, {globals: true})
    expect(fit.missing).toEqual({roles: ['admins', 'shop_rw', 'weird "Role'], tablespaces: []})
    expect(await there.createGlobals(id)).toEqual(fit.missing)
    expect(await there.createGlobals(id)).toEqual({roles: [], tablespaces: []})
    expect(await ask(other, "SELECT rolpassword FROM pg_authid WHERE rolname = 'shop_app'")).toEqual([before])
    const created = (rows: Record<string, unknown>[]) => rows.filter(row => row['rolname'] !== 'shop_app')
    expect(created(await ask(other, SERVER_ROLES))).toEqual(created(await ask(bench.server, SERVER_ROLES)))

    await there.requireFit(id, {globals: false})
    await there.restore(id, {database: 'shop'})
    await there.requireEqual(id, {database: 'shop'})
    const DATABASE = `SELECT shobj_description(d.oid, 'pg_database') AS said, datacl::text, pg_get_userbyid(datdba) AS owner,
      (SELECT array_agg(format('%s %s', setrole::regrole, setconfig) ORDER BY 1) FROM pg_db_role_setting WHERE setdatabase = d.oid)::text AS settings
      FROM pg_database d WHERE datname = 'shop'`
    expect(await ask(other, DATABASE)).toEqual(await ask(bench.server, DATABASE))
  }, 60_000)

  test('are encrypted like the data, and a fault of theirs is named', async () => {
    const ops = bench.ops()
    const {id} = await ops.create()
    const file = path.join(ops.location, `${id}.globals.sql.age`)
    const bytes = await readFile(file)
    expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1')
    expect(bytes.includes('shop_rw')).toBe(false)
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
    await writeFile(file, bytes)
    expect(await ops.verify(id)).toMatchObject({
      ok: false,
      fault: 'altered',
      reason: expect.stringContaining('globals'),
    })
    expect((await refusal(ops.createGlobals(id))).code).toBe('backup/damaged')
    await truncate(file, 100)
    expect((await ops.list())[0]).toMatchObject({id, state: 'damaged', reason: expect.stringContaining('truncated')})
    await unlink(file)
    expect((await ops.list())[0]).toMatchObject({id, state: 'damaged', reason: expect.stringContaining('missing')})
    await ops.prune([id], 1).catch(() => undefined)
  })

  test('of a role that may not read passwords travel without them, which is said', async () => {
    await ask(bench.server, 'CREATE ROLE reader LOGIN; GRANT CONNECT ON DATABASE shop TO reader')
    for (const kind of ['TABLES', 'SEQUENCES'])
      await bench.query(`GRANT SELECT ON ALL ${kind} IN SCHEMA public TO reader`)
    const lines: string[] = []
    const config = at(as(bench.server, 'reader'), 'shop', {name: 'plain'})
    const ops = bench.ops({log: line => void lines.push(line)}, config)
    const {id} = await ops.create()
    await ops.requireSound(id)
    expect((await ops.list())[0]).toMatchObject({globals: 'no passwords', state: 'good'})
    expect(lines.join('\n')).toContain('without password hashes')
    expect((await bench.ops({}, at(bench.server.url, 'shop', {name: 'plain'})).fit(id)).notes).toContain(
      'roles are in the backup without their passwords',
    )
  })

  test('that cannot be read stop no backup; that they are missing is said', async () => {
    const binaries = path.join(bench.directory, 'bin')
    await mkdir(binaries)
    for (const program of ['pg_dump', 'pg_restore', 'initdb'])
      await symlink(path.join(bench.server.bin, program), path.join(binaries, program))
    await writeFile(
      path.join(binaries, 'pg_dumpall'),
      '#!/bin/sh\necho "pg_dumpall: error: permission denied" >&2\nexit 1\n',
      {
        mode: 0o755,
      },
    )
    const ops = bench.ops({}, bench.configured({name: 'partly', drill: {binaries}}))
    const {id} = await ops.create()
    await ops.requireSound(id)
    expect((await ops.list())[0]).toMatchObject({
      globals: 'missing',
      state: 'good',
      reason: expect.stringContaining('roles and other globals are not in it: '),
    })
    expect((await refusal(ops.createGlobals(id).then(() => ops.requireFit(id, {globals: true})))).code).toBe(
      'backup/missing',
    )
  })
})

describe('a role that may not do what a restore takes', () => {
  test('is told before anything is made, and a drill says what will differ for it', async () => {
    await ask(bench.server, 'CREATE ROLE owner1 LOGIN CREATEDB; CREATE ROLE stranger')
    await ask(bench.server, 'CREATE DATABASE managed OWNER owner1')
    await ask(
      bench.server,
      `CREATE EXTENSION pg_stat_statements; CREATE TABLE theirs (id int); ALTER TABLE theirs OWNER TO stranger;
       GRANT SELECT ON theirs TO owner1; ALTER DATABASE managed SET log_statement = 'none'; CREATE EXTENSION pg_trgm;
       CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
       CREATE EVENT TRIGGER audit ON ddl_command_end EXECUTE FUNCTION note()`,
      'managed',
    )
    const ops = bench.ops({}, at(as(bench.server, 'owner1'), 'managed', {name: 'managed'}))
    const {id} = await ops.create()
    await ops.requireSound(id)
    const refused = await refusal(ops.requireFit(id, {globals: false}))
    expect(refused.code).toBe('backup/unfit')
    expect(refused.message).toContain('as owner1 (no superuser)')
    for (const what of [
      'owner1 may not create extension pg_stat_statements: it takes a superuser',
      'owner1 may not give anything to role stranger',
      'event trigger audit takes a superuser',
      'owner1 may not set log_statement',
    ])
      expect(refused.message).toContain(what)
    expect(refused.message).not.toContain('pg_trgm')

    const scratch = await ops.planScratch(id)
    await ops.startScratch(id, scratch)
    try {
      const world = await ops.drillWorld(id, scratch)
      expect(world).toMatchObject({
        as: 'postgres (superuser)',
        where: expect.stringContaining('a scratch server of this host'),
      })
      expect(world.differs).toContain('owner1 may not create extension pg_stat_statements: it takes a superuser')
      await ops.restore(id, {database: 'managed', scratch})
      expect(await ops.prove(id, {database: 'managed', scratch})).toMatchObject({ok: true})
      await ops.firstWrite({database: 'managed', scratch})
    } finally {
      await ops.removeScratch(scratch)
    }
  }, 60_000)
})
