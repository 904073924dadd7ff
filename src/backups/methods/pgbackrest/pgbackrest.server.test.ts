import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {flipByte, type PgbackrestBench, startPgbackrest} from '../../../../test/servers/pgbackrest.ts'
import {plainTools} from '../../../../test/servers/ops-tools.ts'
import {unprivileged} from '../../../lab/accounts.ts'
import {databaseSchema} from '../../../databases/config.ts'
import {backupSchema} from '../../config.ts'
import {type BackupOps, loadBackupOps} from '../../ops.ts'

const createBackupOps = await loadBackupOps()
const account = (await unprivileged(['postgres', 'nobody'])) ?? {}

let bench: PgbackrestBench
let records: string
beforeAll(async () => {
  bench = await startPgbackrest()
  records = await mkdtemp(path.join(tmpdir(), 'opsconsole-proofs-'))
}, 120_000)
afterAll(async () => {
  await bench.stop()
  await rm(records, {recursive: true, force: true})
})

// Without a deadline: it would begin when the file is loaded, on whatever machine.
const tools = plainTools({signal: new AbortController().signal})
const ops = (): BackupOps =>
  createBackupOps(
    {
      backups: [
        {
          ...backupSchema.parse({
            name: 'cluster',
            database: 'shop',
            method: 'pgbackrest',
            pgbackrest: {stanza: bench.stanza, config: bench.config},
            storage: {type: 'dir', path: records},
          }),
          environment: 'test',
        },
      ],
      databases: [{...databaseSchema.parse({name: 'shop', url: bench.server.url}), environment: 'test'}],
    },
    tools,
  )

async function query(sql: string): Promise<void> {
  const client = new Client({connectionString: bench.server.url})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Takes it out of the repository for the time of the work. */
async function without(file: string, work: () => Promise<void>): Promise<void> {
  await rename(file, `${bench.dir}/aside`)
  try {
    await work()
  } finally {
    await rename(`${bench.dir}/aside`, file)
  }
}

async function damaged(file: string, work: () => Promise<void>): Promise<void> {
  const whole = await readFile(file)
  await flipByte(file)
  try {
    await work()
  } finally {
    await writeFile(file, whole)
  }
}

const segments = (): Promise<readonly string[]> => bench.files(/archive\/.*-[0-9a-f]{40}\.zst$/)

test('a full backup and one that builds on it are taken, read, and listed as good', {timeout: 120_000}, async () => {
  const first = await ops().create()
  expect(first).toMatchObject({kind: 'full', state: 'unchecked', encrypted: true, run: 'test-run'})
  await query('create table t as select generate_series(1, 1000) i')
  const second = await ops().create()
  expect(second).toMatchObject({kind: 'incr', needs: [first.id]})
  for (const {id} of [first, second]) expect(await ops().verify(id)).toMatchObject({ok: true})
  expect((await ops().list()).map(({id, state}) => [id, state])).toEqual([
    [second.id, 'good'],
    [first.id, 'good'],
  ])
  expect(tools.commands.join('\n')).toContain('--type=incr --no-expire-auto backup')
  expect((await ops().prunePlan(1)).remove).toEqual([])
})

test('a restore point has a name in the log, which is archived up to it and can be restored to', {
  timeout: 120_000,
}, async () => {
  const point = await ops().createRestorePoint('before 2.0')
  expect(point).toEqual({backup: 'cluster', database: 'shop', kind: 'point', name: 'opsconsole_test_run'})
  expect(tools.commands.at(-1)).toBe("select pg_create_restore_point('opsconsole_test_run'); select pg_switch_wal()")
  const plan = await ops().recoveryPlan({point: point.name})
  expect(plan.target).toEqual({kind: 'name', text: point.name})
})

describe('what pgBackRest itself calls well is named', () => {
  test('a bundle with another byte: verify exits with 0', {timeout: 60_000}, async () => {
    const [bundle = ''] = await bench.files(/F\/bundle\/1$/)
    await damaged(bundle, async () => {
      const entries = await ops().list()
      for (const {id} of entries) {
        expect(await ops().verify(id)).toMatchObject({ok: false, fault: 'altered'})
        await expect(ops().requireSound(id)).rejects.toMatchObject({code: 'backup/damaged'})
      }
      expect((await ops().list()).map(({state}) => state)).toEqual(['damaged', 'damaged'])
    })
  })

  test('a backup whose own segment of the log is gone: info and verify exit with 0', {timeout: 60_000}, async () => {
    const [, , , last = ''] = await segments()
    await without(last, async () => {
      const [newest] = await ops().list()
      expect(newest).toMatchObject({state: 'damaged'})
      expect(newest?.reason).toMatch(/^missing: WAL segment 0+1?0+4 is missing/)
      expect(await ops().verify(newest?.id ?? '')).toMatchObject({ok: false, fault: 'missing'})
    })
  })

  test('a segment of the log with another byte, which makes a backup consistent', {timeout: 60_000}, async () => {
    const [, , , last = ''] = await segments()
    await damaged(last, async () => {
      const [newest] = await ops().list()
      expect(await ops().verify(newest?.id ?? '')).toMatchObject({ok: false, fault: 'altered'})
    })
  })

  test('a wrong passphrase: info exits with 0', {timeout: 60_000}, async () => {
    const config = await readFile(bench.config, 'utf8')
    await writeFile(bench.config, config.replace(/cipher-pass=.*/, 'cipher-pass=another'))
    try {
      const wrong = {code: 'backup/storage', message: expect.stringContaining('wrong key') as string}
      await expect(ops().list()).rejects.toMatchObject(wrong)
      // A plan of any run with it, and the doctor, know it beforehand.
      for (const purpose of ['backup', 'verification', 'restore'] as const)
        await expect(ops().requireReady(purpose)).rejects.toMatchObject({...wrong, code: 'config/invalid'})
    } finally {
      await writeFile(bench.config, config)
    }
  })

  test('a backup whose full one is gone', {timeout: 60_000}, async () => {
    const [full = ''] = await bench.files(/backup\/main\/\d+-\d+F$/)
    await without(full, async () => {
      const [newest] = await ops().list()
      expect(await ops().verify(newest?.id ?? '')).toMatchObject({ok: false})
    })
  })

  test('a repository that is not there, and a stanza that nobody made', {timeout: 60_000}, async () => {
    await without(bench.repository, () => expect(ops().list()).rejects.toMatchObject({code: 'backup/storage'}))
    expect(await ops().list()).toHaveLength(2)
    await expect(ops().requireReady('restore')).resolves.toBeUndefined()
  })
})

test('a second backup while one runs is refused in its own words, and nothing is listed of it', {
  timeout: 120_000,
}, async () => {
  const before = await ops().list()
  const lock = path.join(path.dirname(bench.config), 'lock', `${bench.stanza}-backup.lock`)
  // As a backup by somebody else holds it; the repository is that of the server's account.
  const held = spawn('flock', [lock, '-c', 'echo held; read end'], {stdio: ['pipe', 'pipe', 'ignore'], ...account})
  try {
    await once(held.stdout, 'data')
    await expect(ops().create()).rejects.toMatchObject({
      code: 'backup/failed',
      message: expect.stringMatching(/lock/) as string,
    })
  } finally {
    held.stdin.end()
    await once(held, 'exit')
  }
  expect((await ops().list()).map(({id}) => id)).toEqual(before.map(({id}) => id))
  expect((await ops().list())[0]).toMatchObject({state: before[0]?.state})
})

test('a page that is bad when it is copied makes the backup fail, and the good ones stay', {
  timeout: 120_000,
}, async () => {
  await query('create table victim as select repeat($$x$$, 500) t from generate_series(1, 500); checkpoint')
  const client = new Client({connectionString: bench.server.url})
  await client.connect()
  const {rows} = await client.query<{path: string}>("select pg_relation_filepath('victim') path")
  await client.end()
  const file = path.join(bench.server.dir, rows[0]?.path ?? '')
  const whole = await readFile(file)
  const broken = Buffer.from(whole)
  broken.fill(0x55, 9000, 9100)
  await writeFile(file, broken)
  const before = await ops().list()
  for (const {id} of before) await ops().verify(id)
  await expect(ops().create()).rejects.toMatchObject({
    code: 'backup/failed',
    message: expect.stringContaining('wrong checksums') as string,
  })
  await writeFile(file, whole)
  const after = await ops().list()
  expect(after).toHaveLength(before.length + 1)
  expect(after[0]).toMatchObject({state: 'damaged'})
  expect(after.filter(({state}) => state === 'good' || state === 'unchecked').length).toBeGreaterThan(0)
})
