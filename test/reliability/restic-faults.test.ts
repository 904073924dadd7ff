import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {createHash, randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {backupSchema} from '../../src/backups/config.ts'
import {type BackupOps, loadBackupOps} from '../../src/backups/ops.ts'
import type {BackupsConfig} from '../../src/backups/source.ts'
import {randomFrom} from '../program/random.ts'
import {benchTools} from '../servers/bench-tools.ts'
import {workOf} from './broken-backup.ts'
import {countOf, seedOr} from './sample.ts'

const KILLS = countOf('B3 restic')
const random = randomFrom(seedOr(13))
const create = await loadBackupOps()
const PASSWORD = 'a password of the repository'
const SECRET = 'plain words that nobody may find'
let root: string
/** Temporary directory of the runners that are killed. */
let own: string
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
  own = path.join(root, 'tmp')
  mkdirSync(own)
  mkdirSync(path.join(root, 'live'))
  writeFileSync(path.join(root, 'live', SECRET), SECRET)
  writeFileSync(path.join(root, 'live', 'random'), randomBytes(8_000_000))
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

function configOf(
  repository: string,
  storage: string,
  program = 'restic',
  directory = path.join(root, 'live'),
): BackupsConfig {
  mkdirSync(storage, {recursive: true})
  const backup = backupSchema.parse({
    name: 'own',
    method: 'restic',
    restic: {directory, repository, password: PASSWORD, program},
    storage: {type: 'dir', path: storage},
    encryption: {recipients: [...keys.recipients], identity: keys.identity},
  })
  return {backups: [{...backup, environment: 'production'}], databases: []}
}
const opsOf = (config: BackupsConfig): BackupOps => create(config, benchTools([]), 'own')

/** The calls of restic that a backup makes, and a moment of each. */
const CALLS = ['backup', 'snapshots', 'ls', 'version']
const MOMENTS = {
  before: 'kill -9 $PPID; exit 1',
  after: 'restic "$@"; kill -9 $PPID; exit 1',
  // As with a host that is gone: restic ends as well, and its lock and what it has stored stay.
  within: 'restic "$@" & sleep DELAY; kill -9 $PPID; kill -9 $!; exit 1',
}

/** A restic that ends who runs it. */
function killer(call: string, line: string): string {
  const file = path.join(root, 'restic-killer')
  writeFileSync(file, `#!/bin/sh\ncase "$*" in *" ${call} "*|*" ${call}") ${line};; esac\nexec restic "$@"\n`)
  chmodSync(file, 0o755)
  return file
}

/** List and manifest, each begun and committed, with the bytes of the list. */
const LIST_WORK = 0.6 * workOf(0)

/** Where a runner is killed: in a call of restic, or when so much of the list was stored. */
function pointOf(turn: number): {readonly program: string; readonly at: string} {
  const call = CALLS[Math.floor(random() * CALLS.length)] ?? ''
  const moment = Object.keys(MOMENTS)[turn % 3] as keyof typeof MOMENTS
  if (random() < 0.2) return {program: 'restic', at: String(Math.floor(random() * LIST_WORK))}
  return {program: killer(call, MOMENTS[moment].replace('DELAY', (random() * 0.6).toFixed(3))), at: '1e15'}
}

/** Nothing half is listed as good, and nothing plain lies in what was written. */
async function expectTrue(config: BackupsConfig, good: readonly string[]): Promise<void> {
  for (const {id, state} of await opsOf(config).list())
    if (state !== 'incomplete' && !good.includes(id)) expect(await opsOf(config).verify(id)).toMatchObject({ok: true})
    else expect({id, state}).toEqual({id, state: good.includes(id) ? 'unchecked' : 'incomplete'})
  const [backup] = config.backups
  for (const place of [backup?.storage.type === 'dir' ? backup.storage.path : '', backup?.restic?.repository ?? ''])
    for (const file of filesBelow(place)) expect(readFileSync(file).includes(SECRET), file).toBe(false)
  expect(readdirSync(own)).toEqual([])
}

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name))

test(
  'B3, restic: a runner that is killed leaves nothing that is good, nothing plain, and a snapshot that goes with it',
  async () => {
    const repository = path.join(root, 'repository')
    const storage = path.join(root, 'storage')
    restic(repository, 'init')
    const {id} = await opsOf(configOf(repository, storage)).create()
    const good = [id]
    const script = path.join(import.meta.dirname, 'killed-backup.ts')
    for (let turn = 0; turn < KILLS; turn += 1) {
      const file = path.join(root, 'killed.json')
      const {program, at} = pointOf(turn)
      writeFileSync(file, JSON.stringify(configOf(repository, storage, program)), {mode: 0o600})
      const child = spawn(process.execPath, [script, file, at], {stdio: 'ignore', env: {...process.env, TMPDIR: own}})
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
      expect(signal).toBe('SIGKILL')
      await expectTrue(configOf(repository, storage), good)
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
    const whole = (await left.list()).map(entry => entry.id)
    expect([whole[0], whole.at(-1), whole.filter(other => halves.includes(other))]).toEqual([newer, id, []])
    expect(JSON.parse(restic(repository, 'snapshots', '--json'))).toHaveLength(whole.length)
    expect(await left.verify(id)).toMatchObject({ok: true})
  },
  300_000 + KILLS * 15_000,
)

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

test('B3, restic: a disk that fills up in a restore leaves the live directory as it is, and nothing under the name', async context => {
  const disk = path.join(root, 'small')
  mkdirSync(disk)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status !== 0)
    context.skip('a tmpfs cannot be mounted here')
  try {
    const live = path.join(disk, 'live')
    cpSync(path.join(root, 'live'), live, {recursive: true})
    const repository = path.join(root, 'repository-of-small')
    restic(repository, 'init')
    const ops = opsOf(configOf(repository, path.join(root, 'storage-of-small'), 'restic', live))
    const {id} = await ops.create()
    await ops.requireFit(id, {globals: false})
    // Between the look and the restore.
    writeFileSync(path.join(disk, 'of-somebody-else'), Buffer.alloc(11_000_000))
    const before = digestOf(live)
    const place = {database: 'live_restored'}
    await expect(ops.restore(id, place)).rejects.toThrow(/no space left/)
    expect(readdirSync(disk).filter(name => name === place.database)).toEqual([])
    expect(digestOf(live)).toBe(before)
    await expect(ops.requireFit(id, {globals: false})).rejects.toThrow(/free/)
    // What the undo of the step does.
    await ops.dropCopy(place)
    expect(readdirSync(disk).toSorted()).toEqual(['live', 'of-somebody-else'])
    expect((await ops.list()).map(({state}) => state)).toEqual(['unchecked'])
  } finally {
    spawnSync('umount', ['-l', disk])
  }
}, 240_000)

const digestOf = (directory: string): string =>
  filesBelow(directory)
    .toSorted()
    .reduce((hash, file) => hash.update(file).update(readFileSync(file)), createHash('sha256'))
    .digest('hex')
