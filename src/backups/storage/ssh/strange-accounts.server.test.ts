import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {startSshd, type Sshd} from '../../../../test/servers/sshd.ts'
import {systemClock} from '../../../units/clock.ts'
import {sshStorageDriver} from './driver.ts'
import {sshStorage} from './ssh.ts'

/** Accounts that are let in, and run something else than what they are told. */
const root = mkdtempSync(path.join(tmpdir(), 'opsconsole-vault-'))
const directory = path.join(root, 'strange')
afterAll(() => rmSync(root, {recursive: true, force: true}))
beforeEach(() => {
  rmSync(directory, {recursive: true, force: true})
  mkdirSync(directory, {recursive: true})
  writeFileSync(path.join(directory, 'there'), 'x')
})

describe.each([
  ['for sftp alone', 'ForceCommand internal-sftp', 'this account may run no commands there', 'ForceCommand'],
  [
    'whose shell prints for itself',
    'ForceCommand echo "Welcome to vault"; exec sh -c "$SSH_ORIGINAL_COMMAND"',
    'it answers with something else (Welcome to vault)',
    '.bashrc',
  ],
  ['whose shell waits for something', 'ForceCommand exec sleep 1000', 'no answer within 9s', 'reads at login'],
])('an account %s', (_what, line, message, hint) => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd({lines: [line]})
  }, 60_000)
  afterAll(() => sshd.stop())
  const secret = (): Promise<string> => Promise.reject(new Error('OpenSSH reads its keys itself'))
  const spec = () => ({
    type: 'ssh' as const,
    host: '127.0.0.1',
    user: userInfo().username,
    port: sshd.port,
    path: directory,
    identityFile: sshd.keyFile,
    knownHostsFile: sshd.knownHostsFile,
    connectTimeout: 5000,
  })

  test('is named by the doctor, when backups are listed and when one is written', {timeout: 60_000}, async () => {
    const storage = sshStorage({...spec(), path: root}, {folder: 'strange', secret}, 9000)
    const refused = {
      code: 'backup/storage',
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    }
    await Promise.all([
      ...[storage.list(), storage.readTexts(['there']), storage.begin('new')].map(work =>
        expect(work).rejects.toMatchObject(refused),
      ),
      expect(
        sshStorageDriver.doctor?.(spec(), {
          name: 'backup production/shop',
          signal: new AbortController().signal,
          timeoutMs: 10_000,
          clock: systemClock,
          exec: () => Promise.reject(new Error('nothing to run')),
          secret,
        }),
      ).resolves.toMatchObject([{status: 'failed', detail: refused.message, fix: refused.hint}]),
    ])
    expect(readdirSync(directory)).toEqual(['there'])
  })
})
