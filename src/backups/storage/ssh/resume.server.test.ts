import {randomBytes} from 'node:crypto'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {startSshd, type Sshd} from '../../../../test/servers/sshd.ts'
import {PART} from '../resumed.ts'
import type {BackupStorage} from '../storage.ts'
import {sshStorage} from './ssh.ts'

const NAME = "it's one.age"
const BYTES = randomBytes(3 * PART + 1000)
const PIECE = 1024 * 1024

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

const inFolder = (folder: string): BackupStorage =>
  sshStorage(
    {
      type: 'ssh',
      host: '127.0.0.1',
      user: userInfo().username,
      port: sshd.port,
      path: root,
      identityFile: sshd.keyFile,
      knownHostsFile: sshd.knownHostsFile,
      connectTimeout: 30_000,
    },
    {folder, secret: () => Promise.reject(new Error('OpenSSH reads its keys itself'))},
  )

/** As a runner that was killed leaves it. */
function leave(folder: string, bytes: Uint8Array, unique = '0a1b2c3d'): void {
  mkdirSync(path.join(root, folder), {recursive: true})
  writeFileSync(path.join(root, folder, `${NAME}.${unique}.partial`), bytes)
}

async function resume(folder: string, bytes = BYTES): Promise<number | undefined> {
  const file = await inFolder(folder).resume?.(NAME)
  for (let at = 0; at < bytes.length; at += PIECE) await file?.write(bytes.subarray(at, at + PIECE))
  await file?.commit()
  return file?.sent?.()
}

function expectStored(folder: string): void {
  expect(readdirSync(path.join(root, folder))).toEqual([NAME])
  expect(readFileSync(path.join(root, folder, NAME)).equals(BYTES)).toBe(true)
}

test('an upload whose connection was cut goes on where it stopped', {timeout: 120_000}, async () => {
  const file = await inFolder('cut').begin(NAME)
  await file.write(BYTES.subarray(0, 2 * PART + 5))
  const size = (): number =>
    Math.max(0, ...readdirSync(path.join(root, 'cut')).map(name => statSync(path.join(root, 'cut', name)).size))
  await expect.poll(size, {timeout: 60_000}).toBe(2 * PART + 5)
  sshd.dropSessions()
  await expect(file.commit()).rejects.toMatchObject({code: 'backup/storage'})
  await file.leave?.()
  expect(await inFolder('cut').list()).toMatchObject([{name: NAME, whole: false}])
  expect(await resume('cut')).toBe(BYTES.length - 2 * PART)
  expectStored('cut')
})

test('one whose runner was killed, too, whatever it left', {timeout: 120_000}, async () => {
  for (const [there, parts] of [
    [BYTES.subarray(0, 1000), 0],
    [BYTES.subarray(0, PART), 1],
    [BYTES, 3],
    [Buffer.concat([BYTES, randomBytes(PART)]), 3],
  ] as const) {
    leave('killed', there)
    expect(await resume('killed')).toBe(BYTES.length - parts * PART)
    expectStored('killed')
    rmSync(path.join(root, 'killed'), {recursive: true})
  }
})

test('bytes of another file are written over, from the first part that differs on', {timeout: 120_000}, async () => {
  leave('other', Buffer.concat([BYTES.subarray(0, PART), randomBytes(2 * PART)]))
  leave('other', randomBytes(10), '11111111')
  // The newest is gone on with.
  leave('other', Buffer.concat([BYTES.subarray(0, PART), randomBytes(PART)]))
  const sent = await resume('other')
  expect([BYTES.length, BYTES.length - PART]).toContain(sent)
  expectStored('other')
})

test('what somebody else still writes there is found before it gets its name', {timeout: 120_000}, async () => {
  leave('late', BYTES.subarray(0, PART))
  const file = await inFolder('late').resume?.(NAME)
  await file?.write(BYTES)
  const [partial = ''] = readdirSync(path.join(root, 'late'))
  const at = path.join(root, 'late', partial)
  await expect.poll(() => statSync(at).size, {timeout: 60_000}).toBe(BYTES.length)
  const written = readFileSync(at)
  written[5] = (written[5] ?? 0) ^ 1
  writeFileSync(at, written)
  await expect(file?.commit()).rejects.toMatchObject({
    code: 'backup/storage',
    message: expect.stringContaining('is not what was sent') as string,
  })
  await file?.leave?.()
  expect(await inFolder('late').stat(NAME)).toBeUndefined()
  expect(await resume('late')).toBe(BYTES.length)
  expectStored('late')
})

test('one that is given up is removed', {timeout: 120_000}, async () => {
  for (const written of [Buffer.alloc(0), BYTES]) {
    leave('given-up', BYTES.subarray(0, PART))
    const file = await inFolder('given-up').resume?.(NAME)
    await file?.write(written)
    await file?.abort()
    expect(readdirSync(path.join(root, 'given-up'))).toEqual([])
  }
})
