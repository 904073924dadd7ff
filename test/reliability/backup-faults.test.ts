import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {statfs} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {BackupOps} from '../../src/backups/ops.ts'
import {backupSource, type BackupsConfig, folderOf} from '../../src/backups/source.ts'
import {directoryStorage} from '../../src/backups/storage/dir/dir.ts'
import {s3Storage} from '../../src/backups/storage/s3/s3.ts'
import type {BackupStorage} from '../../src/backups/storage/storage.ts'
import {type BackupBench, startBackupBench} from '../servers/backup-bench.ts'
import {type PlayedS3, startPlayedS3} from '../servers/played-s3.ts'
import {plainSecret} from '../servers/s3-server.ts'
import {randomFrom} from '../program/random.ts'
import {takeBroken, workOf} from './broken-backup.ts'
import {countOf, seedOr} from './sample.ts'

const COUNT = countOf('B3')
const FAULTS = ['disk full', 'S3 cut', 'PostgreSQL killed', 'runner killed'] as const
/** Larger than a part, so that there are points inside one. */
const BULK = `CREATE TABLE bulk AS SELECT i, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 16) j) AS t
  FROM generate_series(1, 22000) i`

let bench: BackupBench
let server: PlayedS3
let tmpfs = false
const random = randomFrom(seedOr(3))

/** One place, the good backup that was there before, and all the work of one. */
interface Place {
  readonly config: BackupsConfig
  readonly storage: BackupStorage
  readonly good: string
  readonly work: number
}
const places = new Map<string, Place>()

beforeAll(async () => {
  ;[bench, server] = await Promise.all([startBackupBench(), startPlayedS3(() => Promise.resolve(undefined))])
  await bench.fill()
  await bench.query(BULK)
  const small = path.join(bench.directory, 'small')
  mkdirSync(small)
  tmpfs = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]).status === 0
  const keys = {accessKeyId: 'AKID', secretAccessKey: 'secret of a test', partSize: '5mb'}
  await addPlace('S3 cut', {type: 's3', endpoint: server.endpoint, bucket: 'backups', ...keys})
  await addPlace('runner killed', {type: 'dir', path: path.join(bench.directory, 'runner')})
  await addPlace('PostgreSQL killed', {type: 'dir', path: path.join(bench.directory, 'server')})
  if (tmpfs) await addPlace('disk full', {type: 'dir', path: small})
}, 180_000)
afterAll(async () => {
  if (tmpfs) spawnSync('umount', ['-l', path.join(bench.directory, 'small')])
  await Promise.all([bench.stop(), server.stop()])
})

async function addPlace(fault: string, storage: Record<string, unknown>): Promise<void> {
  const config = bench.configured({storage})
  const {backup} = backupSource(config, 'production')
  const tools = {folder: folderOf(backup), secret: plainSecret}
  const opened =
    backup.storage.type === 's3'
      ? s3Storage(backup.storage, tools, {pauseMs: 1})
      : directoryStorage(backup.storage as never, tools)
  const ops = bench.ops({}, config)
  const {id, storedBytes} = await ops.create()
  await ops.verify(id)
  places.set(fault, {config, storage: opened, good: id, work: workOf(storedBytes)})
}

const BREAK: Readonly<Record<(typeof FAULTS)[number], (place: Place, at: number) => Promise<unknown>>> = {
  async 'disk full'({config, storage}, at) {
    const directory = path.join(bench.directory, 'small')
    const {blocks, bfree, bsize} = await statfs(directory)
    const size = (blocks - bfree) * bsize + Math.max(bsize, at)
    spawnSync('mount', ['-o', `remount,size=${size}`, directory])
    try {
      return await takeBroken(config, storage, {at: Number.POSITIVE_INFINITY, act: () => Promise.resolve()})
    } finally {
      spawnSync('mount', ['-o', 'remount,size=64m', directory])
    }
  },
  async 'S3 cut'({config, storage}, at) {
    try {
      return await takeBroken(config, storage, {
        at,
        act: () => {
          server.fault = () => 'reset'
          return Promise.resolve()
        },
      })
    } finally {
      server.fault = undefined
    }
  },
  'PostgreSQL killed': ({config, storage}, at) =>
    takeBroken(config, storage, {
      at,
      async act() {
        const [session] = await bench.query(
          "SELECT pid FROM pg_stat_activity WHERE datname = 'shop' ORDER BY random() LIMIT 1",
          'postgres',
        )
        if (session !== undefined) process.kill(Number(session['pid']), 'SIGKILL')
      },
    }),
  async 'runner killed'({config}, at) {
    const [file, own] = [path.join(bench.directory, 'runner.json'), path.join(bench.directory, 'tmp')]
    writeFileSync(file, JSON.stringify(config), {mode: 0o600})
    mkdirSync(own, {recursive: true})
    const script = path.join(import.meta.dirname, 'killed-backup.ts')
    const child = spawn(process.execPath, [script, file, String(at)], {
      stdio: 'ignore',
      env: {...process.env, TMPDIR: own},
    })
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect(readdirSync(own)).toEqual([])
    if (signal !== null) throw new Error(`ended by ${signal}`)
  },
}

/** What is sealed begins so; whatever else is there is a record or a manifest. */
function expectSealed(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (/\.json(?:\.[0-9a-f]{8}\.partial)?$/.test(name)) continue
    const bytes = readFileSync(path.join(directory, name))
    const begin = bytes.subarray(0, 21).toString('latin1')
    expect('age-encryption.org/v1'.startsWith(begin), `${name} begins with ${begin}`).toBe(true)
  }
}

async function expectTrue(place: Place, ops: BackupOps): Promise<void> {
  const entries = await ops.list()
  expect(entries.find(({id}) => id === place.good)).toMatchObject({state: 'good'})
  for (const {id, state} of entries) {
    if (id === place.good) continue
    // Whole only if it was: then it is read to its end.
    if (state === 'good' || state === 'unchecked') expect(await ops.verify(id)).toMatchObject({ok: true})
    else expect(state).toBe('incomplete')
  }
  const {storage} = backupSource(place.config, 'production').backup
  if (storage.type === 'dir') expectSealed(path.join(storage.path, 'production/shop'))
  const names = (await place.storage.list()).map(({name}) => name)
  await place.storage.remove([...new Set(names.filter(name => !name.startsWith(place.good)))])
}

const answers = async (): Promise<boolean> =>
  bench.query('SELECT 1').then(
    () => true,
    () => false,
  )

describe('B3', () => {
  test(`${COUNT} backups broken off at random points: nothing half is listed as good, nothing plain is left`, {
    timeout: 60_000 + COUNT * 30_000,
  }, async context => {
    if (!tmpfs) await context.annotate('a tmpfs cannot be mounted here: no disk was full')
    let broken = 0
    for (let turn = 0; turn < COUNT; turn += 1) {
      const fault = FAULTS[turn % FAULTS.length] ?? 'S3 cut'
      const place = places.get(fault)
      if (place === undefined) continue
      const at = Math.floor(random() * place.work)
      const outcome = await BREAK[fault](place, at).then(
        () => 'done',
        (error: unknown) => String(error),
      )
      if (outcome !== 'done') broken += 1
      await expect.poll(answers, {timeout: 30_000}).toBe(true)
      await expectTrue(place, bench.ops({}, place.config))
    }
    expect(broken).toBeGreaterThan(COUNT / 3)
    for (const {config, good} of places.values())
      expect(await bench.ops({}, config).verify(good)).toMatchObject({ok: true, level: 'full'})
  })
})
