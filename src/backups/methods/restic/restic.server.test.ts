import {execFileSync, spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import drill from '../../../../runbooks/dr-drill.ts'
import restore from '../../../../runbooks/restore.ts'
import {benchTools} from '../../../../test/servers/bench-tools.ts'
import {walkRunbook} from '../../../../test/servers/walk-runbook.ts'
import type {Ops} from '../../../runbooks/ops.ts'
import {backupSchema} from '../../config.ts'
import {type BackupOps, loadBackupOps} from '../../ops.ts'
import type {BackupsConfig} from '../../source.ts'

const create = await loadBackupOps()
const PASSWORD = 'a password of the repository'
let root: string
let identity: string
let recipient: string
let empty: string
let home: string
const acts: string[] = []
const live = (): string => path.join(home, 'uploads')
const repository = (): string => path.join(home, 'repository')

const restic = (...words: string[]): string =>
  execFileSync('restic', ['-r', repository(), '--no-cache', ...words], {
    encoding: 'utf8',
    env: {...process.env, RESTIC_PASSWORD: PASSWORD},
    stdio: ['ignore', 'pipe', 'ignore'],
  })

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-restic-'))
  identity = await generateX25519Identity()
  recipient = await identityToRecipient(identity)
  // Making one costs a key derivation: the others are copies of it.
  home = path.join(root, 'first')
  mkdirSync(home)
  restic('init')
  empty = repository()
})
afterAll(() => rmSync(root, {recursive: true, force: true}))
beforeEach(() => {
  home = mkdtempSync(path.join(root, 'app-'))
  execFileSync('cp', ['-a', empty, repository()])
  mkdirSync(path.join(home, 'backups'))
  mkdirSync(path.join(live(), 'pictures'), {recursive: true})
  writeFileSync(path.join(live(), 'hello'), 'hello\n')
  writeFileSync(path.join(live(), 'pictures', 'large'), Buffer.alloc(3_000_000, 'picture'), {mode: 0o640})
})

function configOf(changes: Record<string, unknown> = {}): BackupsConfig {
  const backup = backupSchema.parse({
    name: 'uploads',
    method: 'restic',
    restic: {directory: live(), repository: repository(), password: PASSWORD, ...changes},
    storage: {type: 'dir', path: path.join(home, 'backups')},
    encryption: {recipients: [recipient], identity},
    keep: 1,
  })
  return {backups: [{...backup, environment: 'production'}], databases: []}
}
const opsOf = (changes?: Record<string, unknown>): BackupOps => create(configOf(changes), benchTools(acts), 'uploads')
const snapshots = (): {readonly id: string}[] => JSON.parse(restic('snapshots', '--json')) as {id: string}[]

/** The lines of the document bring a backup back without this program, and compare every file. */
function expectBare(id: string): void {
  const bare = path.join(home, 'bare')
  execFileSync('cp', ['-a', path.join(home, 'backups', 'production', 'uploads'), bare])
  writeFileSync(path.join(bare, 'age-identity'), identity, {mode: 0o600})
  const documented = /```sh\n# A directory: [^\n]*\n([^`]*)```/.exec(readFileSync('docs/backups.md', 'utf8'))?.[1]
  const env = {PATH: process.env['PATH'], HOME: bare, ID: id, KEYS: bare}
  const unlocking = {RESTIC_REPOSITORY: repository(), RESTIC_PASSWORD: PASSWORD}
  execFileSync('sh', ['-ec', documented ?? 'exit 9'], {cwd: bare, env: {...env, ...unlocking}, stdio: 'pipe'})
  execFileSync('diff', ['-r', '--no-dereference', '-x', 'pipe', live(), path.join(bare, 'restored', live())], {
    stdio: 'pipe',
  })
  rmSync(bare, {recursive: true})
}

/** A name that is bytes and not text. */
const odd = (bytes: string): Buffer => Buffer.concat([Buffer.from(`${live()}/`), Buffer.from(bytes, 'latin1')])

describe('a backup of a directory', () => {
  test('with odd names, links, modes and special files is restored equal, isolated first, then swapped', async () => {
    writeFileSync(odd('not \xff utf-8'), 'one')
    writeFileSync(odd('two\nlines \\ and a \r'), 'two')
    writeFileSync(odd('caf\xc3\xa9'), 'three')
    symlinkSync('nowhere', path.join(live(), 'dangling'))
    chmodSync(path.join(live(), 'pictures'), 0o2750)
    execFileSync('mkfifo', [path.join(live(), 'pipe')])
    const ops = opsOf()
    await ops.requireReady('backup')
    const {id} = await ops.create()
    expect(await ops.requireSound(id)).toMatchObject({ok: true, level: 'full'})
    const [entry] = await ops.list()
    expect(entry).toMatchObject({state: 'good', reason: 'read completely', databaseBytes: 3_000_017})
    expectBare(id)
    writeFileSync(path.join(live(), 'hello'), 'written since')
    writeFileSync(path.join(live(), 'new'), '')

    const context = {environment: {name: 'production', protected: false}, backup: () => opsOf()} as unknown as Ops
    expect(await walkRunbook(drill, {params: {id}, ops: context})).toMatchObject({
      outcome: 'done',
      reason: '',
      saved: {drill: {ok: true}},
    })
    const walked = await walkRunbook(restore, {ops: context, params: {id}})
    expect(walked).toMatchObject({outcome: 'done', reason: '', steps: {safety: 'done', swap: 'done', answer: 'done'}})
    const {saved, afterwards} = walked
    expect(readFileSync(path.join(live(), 'hello'), 'utf8')).toBe('hello\n')
    expect(readFileSync(odd('not \xff utf-8'), 'utf8')).toBe('one')
    expect(readFileSync(odd('two\nlines \\ and a \r'), 'utf8')).toBe('two')
    expect(lstatSync(path.join(live(), 'pictures')).mode & 0o7777).toBe(0o2750)
    expect(lstatSync(path.join(live(), 'pipe')).isFIFO()).toBe(true)
    expect(existsSync(path.join(live(), 'new'))).toBe(false)
    const kept = path.join(home, String(saved['kept']))
    expect(afterwards[0]).toBe(
      `The directory as it was is kept as uploads_before_walk. When nobody misses anything in it: rm -r ${kept}`,
    )
    expect(readFileSync(path.join(kept, 'hello'), 'utf8')).toBe('written since')
    expect(readdirSync(home).toSorted()).toEqual(['backups', 'repository', 'uploads', path.basename(kept)].toSorted())
    expect((await ops.list()).find(one => one.id === id)).toMatchObject({
      state: 'good',
      reason: 'read completely, restored and compared',
    })
    expect(acts.join('\n')).not.toContain(PASSWORD)
  }, 240_000)

  test('names what changed while it was read, and does not call it equal', async () => {
    const ops = opsOf()
    writeFileSync(path.join(live(), 'log'), 'first\n')
    const script = path.join(home, 'restic-that-takes-its-time')
    writeFileSync(
      script,
      `#!/bin/sh\ncase "$*" in *backup*) echo more >> "${live()}/log"; rm "${live()}/hello"; echo x > "${live()}/late";; esac\nexec restic "$@"\n`,
    )
    chmodSync(script, 0o755)
    const busy = opsOf({program: script})
    const {id} = await busy.create()
    await ops.requireSound(id)
    const [entry] = await ops.list()
    expect(entry?.state).toBe('good')
    expect(entry?.reason).toContain('3 paths not compared')
    for (const words of ['log: changed while', 'hello: vanished while', 'late: appeared while'])
      expect(entry?.reason).toContain(words)
    const copy = {database: 'uploads_restore_1'}
    await ops.restore(id, copy)
    expect(await ops.prove(id, copy)).toMatchObject({ok: true})
    writeFileSync(path.join(home, 'uploads_restore_1', 'pictures', 'large'), 'changed')
    expect(await ops.prove(id, copy)).toMatchObject({ok: false, differences: [{table: 'pictures/large'}]})
    await ops.dropCopy(copy)
    expect(readdirSync(home)).not.toContain('uploads_restore_1.list')
  }, 240_000)

  test('that restic could not read whole is no backup, and leaves no snapshot', async () => {
    // What restic itself says when files could not be read: exit code 3, with a snapshot of the others.
    const script = path.join(home, 'restic-without-rights')
    writeFileSync(
      script,
      `#!/bin/sh\ncase "$*" in *" backup "*) restic "$@"; echo '{"message_type":"error","error":{"Op":"open","Path":"/x","Err":13},"during":"archival","item":"/srv/secret"}' >&2; exit 3;; esac\nexec restic "$@"\n`,
    )
    chmodSync(script, 0o755)
    await expect(opsOf({program: script}).create()).rejects.toThrow(
      /could not read everything \(exit code 3\): \/srv\/secret/,
    )
    expect(snapshots()).toEqual([])
    expect(await opsOf().list()).toEqual([])
  }, 120_000)
})

describe('what goes wrong with the repository of restic', () => {
  test('a wrong password, no repository and no directory are known before anything is begun', async () => {
    await expect(opsOf({password: 'another'}).requireReady('backup')).rejects.toThrow(
      /wrong key: the password does not open/,
    )
    await expect(opsOf({repository: `${home}/none`}).requireReady('restore')).rejects.toThrow(
      /there is no repository of restic/,
    )
    await expect(opsOf({directory: `${home}/none`}).requireReady('backup')).rejects.toThrow(/there is no directory/)
    await expect(opsOf({program: '/no/restic'}).requireReady('backup')).rejects.toThrow(/not installed/)
  }, 120_000)

  test('a pack with a changed byte, a pack and a snapshot that are gone are each named, and nothing is good any more', async () => {
    writeFileSync(path.join(live(), 'random'), randomBytes(3_000_000))
    const ops = opsOf()
    const {id} = await ops.create()
    // Of data, not of the trees: those are small.
    const [pack = ''] = execFileSync('find', [path.join(repository(), 'data'), '-type', 'f', '-size', '+1000'], {
      encoding: 'utf8',
    }).split('\n')
    const bytes = readFileSync(pack)
    chmodSync(pack, 0o600)
    const changed = Buffer.from(bytes)
    changed.writeUInt8(changed.readUInt8(100) ^ 1, 100)
    writeFileSync(pack, changed)
    expect(await opsOf().verify(id)).toMatchObject({ok: false, fault: 'altered'})
    expect((await ops.list())[0]).toMatchObject({
      state: 'damaged',
      reason: expect.stringContaining('altered: ') as string,
    })
    renameSync(pack, `${home}/pack`)
    expect(await opsOf().verify(id)).toMatchObject({ok: false, fault: 'missing'})
    renameSync(`${home}/pack`, pack)
    writeFileSync(pack, bytes)
    expect(await opsOf().verify(id)).toMatchObject({ok: true})
    const own = snapshots().map(one => one.id)
    // The tag is no proof: somebody gives it to another snapshot.
    restic('backup', '--tag', `opsconsole-${id}`, live())
    restic('forget', ...own)
    expect((await ops.list())[0]).toMatchObject({
      state: 'damaged',
      reason: 'missing: the repository of restic has nothing of it',
    })
    expect(await opsOf().verify(id)).toMatchObject({ok: false, fault: 'missing'})
  }, 240_000)

  test('a repository that lies in its own directory, by a link, is refused before anything is copied', async () => {
    const linked = `${home}/linked`
    renameSync(repository(), path.join(live(), 'repository'))
    symlinkSync(path.join(live(), 'repository'), linked)
    await expect(opsOf({repository: linked}).create()).rejects.toThrow(/the repository of restic lies in /)
    expect(await opsOf({repository: linked}).list()).toEqual([])
  }, 60_000)

  test('a lock that a killed restic left does not stand in the way, one of a living one does', async () => {
    const ops = opsOf()
    writeFileSync(path.join(live(), 'random'), randomBytes(3_000_000))
    await ops.create()
    // Slowly enough that it is found at work.
    const check = spawn(
      'restic',
      ['-r', repository(), '--no-cache', '--limit-download', '25', 'check', '--read-data'],
      {
        env: {...process.env, RESTIC_PASSWORD: PASSWORD},
        stdio: 'ignore',
      },
    )
    const locks = (): readonly string[] =>
      readdirSync(path.join(repository(), 'locks')).filter(name => /^[0-9a-f]{64}$/.test(name))
    await expect.poll(locks, {timeout: 60_000, interval: 50}).toHaveLength(1)
    // Stopped, so that it holds its lock for as long as this test wants.
    check.kill('SIGSTOP')
    const exclusive = locks()
    try {
      await expect(opsOf().create()).rejects.toThrow(/in use: .*locked exclusively by PID/)
      expect(locks()).toEqual(exclusive)
    } finally {
      const ended = once(check, 'exit')
      check.kill('SIGKILL')
      await ended
    }
    const {id} = await opsOf().create()
    expect(await opsOf().verify(id)).toMatchObject({ok: true})
  }, 240_000)
})

test('what prune removes is forgotten by restic, one by one, and a held one stays', async () => {
  const ops = opsOf()
  const held = await ops.create()
  await ops.hold(held.id, {by: 'test', reason: 'wanted'})
  const second = await ops.create()
  const third = await ops.create()
  restic('backup', '--tag', 'of somebody else', live())
  const plan = await ops.prunePlan()
  expect(plan.remove).toEqual([second.id])
  await ops.prune(plan.remove)
  expect((await ops.list()).map(({id, state}) => ({id, state}))).toEqual([
    {id: third.id, state: 'unchecked'},
    {id: held.id, state: 'unchecked'},
  ])
  expect(snapshots()).toHaveLength(3)
  expect(await ops.verify(held.id)).toMatchObject({ok: true})
}, 240_000)
