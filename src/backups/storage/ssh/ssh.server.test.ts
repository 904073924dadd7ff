import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {startSshd, type Sshd} from '../../../../test/servers/sshd.ts'
import {OpsError} from '../../../errors.ts'
import {systemClock} from '../../../units/clock.ts'
import {type BackupStorage, storeText} from '../storage.ts'
import {sshStorageDriver} from './driver.ts'
import {sshStorage} from './ssh.ts'
import type {SshStorageSpec} from './schema.ts'

let sshd: Sshd
let root = ''
beforeAll(async () => {
  sshd = await startSshd()
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-vault-'))
}, 60_000)
afterAll(async () => {
  await sshd.stop()
  rmSync(root, {recursive: true, force: true})
})

const specOf = (changes: Partial<SshStorageSpec> = {}): SshStorageSpec => ({
  type: 'ssh',
  host: '127.0.0.1',
  user: userInfo().username,
  port: sshd.port,
  path: root,
  identityFile: sshd.keyFile,
  knownHostsFile: sshd.knownHostsFile,
  connectTimeout: 5000,
  ...changes,
})
const secret = (): Promise<string> => Promise.reject(new Error('OpenSSH reads its keys itself'))
const inFolder = (folder: string, changes: Partial<SshStorageSpec> = {}): BackupStorage =>
  sshStorage(specOf(changes), {folder, secret})

async function textOf(storage: BackupStorage, name: string, offset = 0): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of storage.read(name, {offset})) pieces.push(Uint8Array.from(piece))
  return Buffer.concat(pieces).toString()
}

const probe = (changes: Partial<SshStorageSpec>) =>
  sshStorageDriver.doctor?.(specOf(changes), {
    name: 'backup production/shop',
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    clock: systemClock,
    exec: () => Promise.reject(new Error('nothing to run')),
    secret,
  })

async function refusal(work: Promise<unknown>): Promise<OpsError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof OpsError) return outcome
  throw new Error(`expected an OpsError, got ${String(outcome)}`)
}

describe('a directory on another host', () => {
  test('holds nothing before something was stored, and that is no error', async () => {
    const storage = inFolder('production/none')
    expect(storage.address).toBe(`ssh://${userInfo().username}@127.0.0.1:${sshd.port}${root}/production/none`)
    expect(await storage.list()).toEqual([])
    expect(await storage.stat('x')).toBeUndefined()
    expect((await storage.readTexts(['x'])).size).toBe(0)
    await storage.remove(['x'])
    expect((await refusal(textOf(storage, 'x'))).message).toContain('No such file or directory')
    expect(existsSync(path.join(root, 'production'))).toBe(false)
  })

  test('a file has its name only once it is whole, and only its owner can read it', async () => {
    const storage = inFolder('production/shop')
    const file = await storage.begin('one.age')
    await file.write(Buffer.from('half'))
    expect(await storage.list()).toMatchObject([{name: 'one.age', whole: false}])
    expect(await storage.stat('one.age')).toBeUndefined()
    await file.write(Buffer.from(' whole'))
    await file.commit()
    const [listed] = await storage.list()
    expect(listed).toMatchObject({name: 'one.age', bytes: 10, whole: true})
    expect(await storage.stat('one.age')).toEqual(listed)
    const stored = statSync(path.join(root, 'production/shop/one.age'))
    expect([stored.mode & 0o777, Math.floor(stored.mtimeMs)]).toEqual([0o600, listed?.modifiedMs])
    expect(statSync(path.join(root, 'production')).mode & 0o777).toBe(0o700)
    expect([await textOf(storage, 'one.age'), await textOf(storage, 'one.age', 5)]).toEqual(['half whole', 'whole'])
    expect(await storage.freeBytes?.()).toBeGreaterThan(0)
  })

  test('every byte comes through, in pieces and by the megabyte', async () => {
    const storage = inFolder('bytes')
    const all = Buffer.from(Array.from({length: 256}, (_, byte) => byte))
    const file = await storage.begin('large')
    for (let round = 0; round < 24; round += 1) await file.write(Buffer.alloc(1024 * 1024, all))
    await file.commit()
    let read = 0
    for await (const piece of storage.read('large', {offset: 256})) {
      for (const [index, byte] of piece.entries())
        if (byte !== (read + index) % 256) throw new Error(`at ${read + index}`)
      read += piece.length
    }
    expect(read).toBe(24 * 1024 * 1024 - 256)
  })

  test('many small files come in few answers, whatever is in them', async () => {
    const storage = inFolder('texts')
    mkdirSync(path.join(root, 'texts/directory'), {recursive: true})
    const names = Array.from(
      {length: 900},
      (_, index) => `20260101-000000-${String(index).padStart(4, '0')}.manifest.json`,
    )
    for (const name of names) writeFileSync(path.join(root, 'texts', name), `{"é": "${name}"}\n\n`)
    const texts = await storage.readTexts([...names, 'gone', 'directory'])
    expect(texts.size).toBe(names.length)
    for (const name of names) expect(texts.get(name)).toBe(`{"é": "${name}"}\n\n`)
    expect(await storage.list()).toHaveLength(names.length)
  })

  test('of two writers of one name, neither gives it to half of what the other has written', async () => {
    const storage = inFolder('two')
    const [one, two] = [await storage.begin('m.json'), await storage.begin('m.json')]
    await two.write(Buffer.from('sec'))
    await one.write(Buffer.from('first'))
    await one.commit()
    expect(await textOf(storage, 'm.json')).toBe('first')
    await two.write(Buffer.from('ond'))
    await two.commit()
    expect(await textOf(storage, 'm.json')).toBe('second')
  })

  test('what is aborted leaves nothing, also when a signal has ended it', async () => {
    const storage = inFolder('aborted')
    const own = new AbortController()
    const file = await storage.begin('two.age', own.signal)
    await file.write(Buffer.alloc(100_000))
    own.abort(new Error('stop'))
    await expect(file.commit()).rejects.toThrow('stop')
    await file.abort()
    expect(readdirSync(path.join(root, 'aborted'))).toEqual([])
  })
})

describe('the doctor', () => {
  test('says whether backups can be kept there, and what to do', async () => {
    expect(await probe({})).toMatchObject([{status: 'ok', detail: expect.stringContaining(root)}])
    expect(await probe({path: path.join(root, 'gone')})).toMatchObject([{status: 'warning'}])
    expect(await probe({port: 1})).toMatchObject([{status: 'failed', fix: expect.stringContaining('Is sshd running')}])
  })
})

describe('names and paths that would like to be commands', () => {
  const names = [
    '-rf',
    'a b',
    '$(touch pwned)',
    "it's",
    '"',
    '`id`',
    'a\nb',
    '*',
    '?',
    '\\',
    '; rm -rf ~',
    'é ☃',
    '%s',
    '!x',
    '~',
    '#',
    '.hidden',
  ]

  test('are names', async () => {
    const folder = `it's $(touch pwned) "%s" \\ ! -x/hostile`
    const directory = mkdirIn(folder)
    const storage = inFolder('hostile', {path: path.dirname(directory)})
    for (const name of names) writeFileSync(path.join(directory, name), `text of ${name}`)
    const listed = (await storage.list()).map(({name}) => name)
    expect(listed.sort()).toEqual(names.filter(name => !name.startsWith('.')).sort())
    const texts = await storage.readTexts(names)
    for (const name of names) expect(texts.get(name)).toBe(`text of ${name}`)
    for (const name of ['-rf', 'a\nb', `it's \\ $(touch pwned) "!`]) {
      await storeText(storage, name, 'mine')
      expect((await storage.stat(name))?.name).toBe(name)
      expect(await textOf(storage, name, 1)).toBe('ine')
    }
    await storage.remove(['*'])
    expect(await storage.list()).toHaveLength(listed.length)
    await storage.remove([...names, `it's \\ $(touch pwned) "!`])
    expect(readdirSync(directory)).toEqual([])
    const looked = spawnSync('find', [root, userInfo().homedir, '-maxdepth', '3', '-name', 'pwned'], {encoding: 'utf8'})
    expect(looked.stdout).toBe('')
  })

  test('cannot leave the directory', async () => {
    await storeText(inFolder('inside'), '../../outside', 'x')
    expect(readdirSync(path.join(root, 'inside'))).toEqual(['outside'])
  })

  test.each(['-oProxyCommand=touch pwned', 'a b', 'a;b', '', 'ho\nst', '$(id)'])('host %j is refused', host => {
    expect(sshStorageDriver.schema.safeParse({type: 'ssh', host, path: '/x'}).success).toBe(false)
  })
  test.each(['-x', 'a b', 'a@b:c', "a'b"])('user %j is refused', user => {
    expect(sshStorageDriver.schema.safeParse({type: 'ssh', host: 'h', user, path: '/x'}).success).toBe(false)
  })
  test.each(['a"b', 'a\nb', '/k/${HOME}'])('key file %j is refused', identityFile => {
    expect(sshStorageDriver.schema.safeParse({type: 'ssh', host: 'h', identityFile, path: '/x'}).success).toBe(false)
  })
})

describe('what goes wrong is said in plain words:', () => {
  const listing = (changes: Partial<SshStorageSpec>): Promise<OpsError> => refusal(inFolder('x', changes).list())

  test('nobody listens', async () => {
    const error = await listing({port: 1})
    expect(error).toMatchObject({
      code: 'backup/storage',
      message: expect.stringContaining('nothing accepts SSH connections there'),
    })
    expect(error.hint).toContain('Is sshd running')
  })
  test('no such host', async () => {
    expect((await listing({host: 'no-such-host.invalid'})).message).toContain('its name cannot be resolved')
  })
  test('an unknown host key', async () => {
    const knownHostsFile = path.join(sshd.dir, 'nobody')
    const error = await listing({knownHostsFile})
    expect(error.message).toContain('its host key is unknown')
    expect(error.hint).toContain('fingerprint')
    expect(existsSync(knownHostsFile)).toBe(false)
  })
  test('another host key than before', async () => {
    const knownHostsFile = path.join(sshd.dir, 'changed hosts')
    const key = readFileSync(path.join(sshd.dir, 'user.pub'), 'utf8')
    writeFileSync(knownHostsFile, `[127.0.0.1]:${sshd.port} ${key}`)
    expect((await listing({knownHostsFile})).message).toContain('its host key has changed')
  })
  test('a key that is not let in', async () => {
    const identityFile = path.join(sshd.dir, 'stran%ger')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', identityFile])
    expect((await listing({identityFile})).message).toContain('it refused this user')
  })
  test('a file where the directory should be', async () => {
    writeFileSync(path.join(root, 'file'), '')
    const error = await refusal(inFolder('x', {path: path.join(root, 'file')}).list())
    expect(error.message).toContain('Not a directory')
    expect((await refusal(inFolder('x', {path: path.join(root, 'file')}).begin('y'))).message).toContain(
      'Not a directory',
    )
  })
  test('a host that hangs is not waited for once the caller stops', async () => {
    sshd.freeze()
    const own = new AbortController()
    const listed = inFolder('x').list(own.signal)
    own.abort(new Error('late'))
    await expect(listed).rejects.toThrow('late')
    sshd.thaw()
  })

  test('a connection that is cut in the middle of a file: nothing half is whole', async () => {
    const storage = inFolder('cut')
    await storeText(storage, 'before', 'kept')
    const file = await storage.begin('half.age')
    await file.write(Buffer.alloc(3 * 1024 * 1024))
    sshd.dropSessions()
    const error = await refusal(
      writeOn(
        () => file.write(Buffer.alloc(1024 * 1024)),
        () => file.commit(),
      ),
    )
    expect(error).toMatchObject({code: 'backup/storage', message: expect.stringContaining('the connection was cut')})
    expect((await storage.list()).filter(({whole}) => whole)).toMatchObject([{name: 'before'}])
    await file.abort()
    expect((await storage.list()).map(({name}) => name)).toEqual(['before'])
  })

  test('a connection that is cut between the last byte and the name, too', async () => {
    const storage = inFolder('cut-late')
    const file = await storage.begin('half.age')
    await file.write(Buffer.from('all'))
    sshd.dropSessions()
    expect((await refusal(file.commit())).code).toBe('backup/storage')
    expect((await storage.list()).filter(({whole}) => whole)).toEqual([])
  })

  test('a connection that is cut while a file is read', async () => {
    const storage = inFolder('cut-read')
    writeFileSync(path.join(mkdirIn('cut-read'), 'large'), Buffer.alloc(64 * 1024 * 1024))
    const reading = (async () => {
      let bytes = 0
      for await (const piece of storage.read('large')) {
        if (bytes === 0) sshd.dropSessions()
        bytes += piece.length
      }
    })()
    expect((await refusal(reading)).message).toContain('the connection was cut')
  })

  test('a full and a read-only file system', async context => {
    const place = mkdirIn('full')
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', place]).status !== 0)
      context.skip('a tmpfs cannot be mounted here')
    try {
      const storage = inFolder('full')
      await storeText(storage, 'before', 'kept')
      const file = await storage.begin('large.age')
      const error = await refusal(
        writeOn(
          () => file.write(Buffer.alloc(1024 * 1024)),
          () => file.commit(),
        ),
      )
      expect(error.message).toContain('no space left there')
      await file.abort()
      expect(readdirSync(place)).toEqual(['before'])
      spawnSync('mount', ['-o', 'remount,ro', place])
      expect((await refusal(storage.begin('x'))).message).toContain('its file system is read-only')
    } finally {
      spawnSync('umount', ['-l', place])
    }
  })
})

function mkdirIn(folder: string): string {
  mkdirSync(path.join(root, folder), {recursive: true})
  return path.join(root, folder)
}

/** Writes until that fails; what is still in a pipe may be taken, so the end comes after 40 pieces. */
async function writeOn(write: () => Promise<void>, end: () => Promise<void>): Promise<void> {
  for (let piece = 0; piece < 40; piece += 1) await write()
  await end()
}
