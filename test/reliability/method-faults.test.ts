import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {backupSchema} from '../../src/backups/config.ts'
import {type BackupOps, loadBackupOps} from '../../src/backups/ops.ts'
import type {BackupsConfig} from '../../src/backups/source.ts'
import {directoryStorage} from '../../src/backups/storage/dir/dir.ts'
import {randomFrom} from '../program/random.ts'
import {benchTools} from '../servers/bench-tools.ts'
import {startRedis} from '../servers/redis.ts'
import {plainSecret} from '../servers/s3-server.ts'
import {takeBroken, workOf} from './broken-backup.ts'
import {countOf, seedOr} from './sample.ts'

const KILLS = {sqlite: countOf('B3 sqlite'), redis: countOf('B3 redis')}
const create = await loadBackupOps()
const random = randomFrom(seedOr(31))
/** In every row and every value: whoever finds it on the disk has found plain data. */
const SECRET = 'plain words that nobody may find'

let root: string
let own: string
let keys: {readonly recipients: readonly string[]; readonly identity: string}

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-faults-'))
  own = path.join(root, 'tmp')
  mkdirSync(own)
  const identity = await generateX25519Identity()
  keys = {recipients: [await identityToRecipient(identity)], identity}
  const database = new DatabaseSync(path.join(root, 'live.db'))
  database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT, raw BLOB);
    WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 8000)
      INSERT INTO words SELECT n, '${SECRET} ' || n, randomblob(900) FROM i`)
  database.close()
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

function configOf(directory: string, method: Record<string, unknown>): BackupsConfig {
  mkdirSync(directory, {recursive: true})
  const backup = backupSchema.parse({
    name: 'own',
    storage: {type: 'dir', path: directory},
    encryption: {recipients: [...keys.recipients], identity: keys.identity},
    ...method,
  })
  return {backups: [{...backup, environment: 'production'}], databases: []}
}
const sqlite = (directory: string): BackupsConfig =>
  configOf(directory, {method: 'sqlite', sqlite: {file: path.join(root, 'live.db')}})
const opsOf = (config: BackupsConfig): BackupOps => create(config, benchTools([]), 'own')

const storageOf = (directory: string) =>
  directoryStorage({type: 'dir', path: directory}, {folder: 'production/own', secret: plainSecret})

/** Nothing half is good, the one before is as it was, and no plain word lies in what this may have written. */
async function expectTrue(config: BackupsConfig, directory: string, good: string): Promise<void> {
  const ops = opsOf(config)
  for (const {id, state} of await ops.list())
    if (id === good || state === 'good' || state === 'unchecked') expect(await ops.verify(id)).toMatchObject({ok: true})
    else expect(state).toBe('incomplete')
  const folder = path.join(directory, 'production/own')
  for (const name of readdirSync(folder)) {
    expect(readFileSync(path.join(folder, name)).includes(SECRET), name).toBe(false)
    if (!name.startsWith(good)) rmSync(path.join(folder, name))
  }
  expect(readdirSync(own)).toEqual([])
}

/** In a process of its own, which ends itself when so much was done. */
async function killed(config: BackupsConfig, at: number): Promise<void> {
  const file = path.join(root, 'killed.json')
  writeFileSync(file, JSON.stringify(config), {mode: 0o600})
  const script = path.join(import.meta.dirname, 'killed-backup.ts')
  const child = spawn(process.execPath, [script, file, String(at)], {
    stdio: 'ignore',
    env: {...process.env, TMPDIR: own},
  })
  await once(child, 'exit')
}

test(
  'B3, SQLite: a runner that is killed at any point leaves nothing half that is good, and nothing plain',
  async () => {
    const directory = path.join(root, 'sqlite')
    const config = sqlite(directory)
    const {id, storedBytes} = await opsOf(config).create()
    for (let turn = 0; turn < KILLS.sqlite; turn += 1) {
      await killed(config, Math.floor(random() * workOf(storedBytes)))
      await expectTrue(config, directory, id)
    }
    expect(
      readdirSync(root).filter(name => name.startsWith('live.db') && !/^live\.db(-wal|-shm)?$/.test(name)),
    ).toEqual([])
  },
  240_000 + KILLS.sqlite * 15_000,
)

test('B3, SQLite: a disk that is full ends the backup with its reason, and nothing of it is left', async context => {
  const directory = path.join(root, 'full')
  mkdirSync(directory)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', directory]).status !== 0)
    context.skip('a tmpfs cannot be mounted here')
  try {
    const config = sqlite(directory)
    await expect(opsOf(config).create()).rejects.toThrow(/did not finish: .*(no space left|ENOSPC)/i)
    expect(await opsOf(config).list()).toEqual([])
  } finally {
    spawnSync('umount', ['-l', directory])
  }
}, 120_000)

test(
  'B3, Redis: a server or a runner that is killed leaves nothing half that is good, and nothing plain',
  async () => {
    const directory = path.join(root, 'redis')
    const server = await startRedis(['--repl-diskless-sync-delay', '0', '--rdbcompression', 'no'])
    const config = configOf(directory, {method: 'redis', redis: {url: server.url}})
    const client = new Redis({port: server.port, retryStrategy: () => null})
    client.on('error', () => undefined)
    const work = client.pipeline()
    for (let at = 0; at < 4000; at += 1) work.set(`key:${at}`, `${SECRET} ${String(random()).repeat(100)}`)
    await work.exec()
    try {
      const {id, storedBytes} = await opsOf(config).create()
      for (let turn = 0; turn < KILLS.redis; turn += 1) {
        await killed(config, Math.floor(random() * workOf(storedBytes)))
        await expectTrue(config, directory, id)
      }
      const broken = takeBroken(config, storageOf(directory), {
        at: 1,
        act: async () => {
          await client.call('CLIENT', 'KILL', 'TYPE', 'replica')
          process.kill(server.pid, 'SIGKILL')
        },
      })
      await broken.catch((error: unknown) => expect(String(error)).toMatch(/did not finish|Redis/))
      await expectTrue(config, directory, id)
    } finally {
      client.disconnect()
      await server.stop()
    }
  },
  240_000 + KILLS.redis * 15_000,
)
