import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {backupSchema} from '../../src/backups/config.ts'
import {type BackupOps, loadBackupOps} from '../../src/backups/ops.ts'
import type {BackupsConfig} from '../../src/backups/source.ts'
import {benchTools} from '../servers/bench-tools.ts'

const create = await loadBackupOps()
const PASSWORD = 'a password of the repository'
const SECRET = 'plain words that nobody may find'
let root: string
let keys: {readonly recipients: readonly string[]; readonly identity: string}

const restic = (repository: string, ...words: string[]): string =>
  execFileSync('restic', ['-r', repository, '--no-cache', ...words], {
    encoding: 'utf8',
    env: {...process.env, RESTIC_PASSWORD: PASSWORD},
    stdio: ['ignore', 'pipe', 'ignore'],
  })

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-restic-faults-'))
  const identity = await generateX25519Identity()
  keys = {recipients: [await identityToRecipient(identity)], identity}
  mkdirSync(path.join(root, 'live'))
  writeFileSync(path.join(root, 'live', SECRET), SECRET)
  writeFileSync(path.join(root, 'live', 'random'), randomBytes(8_000_000))
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

function configOf(repository: string, storage: string, program = 'restic'): BackupsConfig {
  mkdirSync(storage, {recursive: true})
  const backup = backupSchema.parse({
    name: 'own',
    method: 'restic',
    restic: {directory: path.join(root, 'live'), repository, password: PASSWORD, program},
    storage: {type: 'dir', path: storage},
    encryption: {recipients: [...keys.recipients], identity: keys.identity},
  })
  return {backups: [{...backup, environment: 'production'}], databases: []}
}
const opsOf = (config: BackupsConfig): BackupOps => create(config, benchTools([]), 'own')

/** A restic that ends who runs it: as it begins to copy, when it has copied, or when the snapshot is compared. */
function killer(point: string): string {
  const file = path.join(root, `restic-${point}`)
  const lines = {
    before: 'case "$*" in *" backup "*) kill -9 $PPID; exit 1;; esac',
    after: 'case "$*" in *" backup "*) restic "$@"; kill -9 $PPID; exit 1;; esac',
    compared: 'case "$*" in *" ls "*) kill -9 $PPID; exit 1;; esac',
  }[point]
  writeFileSync(file, `#!/bin/sh\n${lines}\nexec restic "$@"\n`)
  chmodSync(file, 0o755)
  return file
}

test('B3, restic: a runner that is killed leaves nothing that is good, nothing plain, and a snapshot that goes with it', async () => {
  const repository = path.join(root, 'repository')
  const storage = path.join(root, 'storage')
  restic(repository, 'init')
  const {id} = await opsOf(configOf(repository, storage)).create()
  const folder = path.join(storage, 'production/own')
  const script = path.join(import.meta.dirname, 'killed-backup.ts')
  for (const point of ['before', 'after', 'compared']) {
    const file = path.join(root, 'killed.json')
    writeFileSync(file, JSON.stringify(configOf(repository, storage, killer(point))), {mode: 0o600})
    const child = spawn(process.execPath, [script, file, '1e15'], {stdio: 'ignore'})
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
    expect(signal, point).toBe('SIGKILL')
    const entries = await opsOf(configOf(repository, storage)).list()
    for (const {id: other, state} of entries) expect(state, point).toBe(other === id ? 'unchecked' : 'incomplete')
    for (const name of readdirSync(folder))
      expect(readFileSync(path.join(folder, name)).includes(SECRET), name).toBe(false)
  }
  // What was left is found by its name and removed as a prune does it a day later.
  const left = opsOf(configOf(repository, storage))
  const halves = (await left.list()).filter(entry => entry.state === 'incomplete').map(entry => entry.id)
  // Kept for a look until enough newer ones exist.
  const {id: newer} = await left.create()
  const later = create(
    configOf(repository, storage),
    {...benchTools([]), clock: {now: () => Date.now() + 2 * 86_400_000, monotonic: () => performance.now()}},
    'own',
  )
  await later.prune(halves, 1)
  expect((await left.list()).map(entry => entry.id)).toEqual([newer, id])
  expect(JSON.parse(restic(repository, 'snapshots', '--json'))).toHaveLength(2)
  expect(await left.verify(id)).toMatchObject({ok: true})
}, 300_000)

test('B3, restic: a full disk ends the backup with its reason, nothing of it is left, and the repository is sound', async context => {
  const disk = path.join(root, 'full')
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', disk]).status !== 0)
    context.skip('a tmpfs cannot be mounted here')
  try {
    const repository = path.join(disk, 'repository')
    restic(repository, 'init')
    const config = configOf(repository, path.join(root, 'storage-of-full'))
    await expect(opsOf(config).create()).rejects.toThrow(/no space left/)
    expect(await opsOf(config).list()).toEqual([])
    expect(JSON.parse(restic(repository, 'snapshots', '--json', '--no-lock'))).toEqual([])
  } finally {
    spawnSync('umount', ['-l', disk])
  }
}, 240_000)
