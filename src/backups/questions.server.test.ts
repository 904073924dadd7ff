import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../test/servers/backup-bench.ts'
import {execProgram} from '../processes/run.ts'
import {systemClock} from '../units/clock.ts'
import {backupKind} from './kind.ts'
import type {BackupPurpose} from './questions.ts'

let bench: BackupBench
beforeAll(async () => {
  bench = await startBackupBench()
  await bench.fill()
}, 60_000)
afterAll(() => bench.stop(), 30_000)

/** What the plan refuses with, and what the doctor finds failed. */
async function bothAbout(changes: Record<string, unknown>, purpose: BackupPurpose) {
  const config = bench.configured(changes)
  const ops = bench.ops({}, config)
  const plan = await ops.requireReady(purpose).then(
    () => '',
    (cause: Error) => cause.message,
  )
  const signal = AbortSignal.timeout(10_000)
  const secret = async (ref: unknown): Promise<string> => String(ref)
  const name = 'backup production/shop'
  const tools = {name, signal, timeoutMs: 5_000, clock: systemClock, exec: execProgram, secret}
  const checks = await backupKind.doctor!(config.backups[0]!, tools)
  return {plan, doctor: checks.flatMap(({status, detail}) => (status === 'failed' ? [detail] : [])).join('; ')}
}

const file = (): string => {
  const name = path.join(bench.directory, 'plain-file')
  writeFileSync(name, '')
  return name
}

test.each<[string, () => Promise<Record<string, unknown>> | Record<string, unknown>, BackupPurpose, RegExp]>([
  [
    'an identity that does not open what the recipients close',
    async () => ({
      encryption: {
        recipients: [await identityToRecipient(await generateX25519Identity())],
        identity: bench.identity,
      },
    }),
    'backup',
    /its identity does not open what its recipients close: it is that of age1/,
  ],
  [
    'an identity that is none',
    async () => ({
      encryption: {recipients: [await identityToRecipient(await generateX25519Identity())], identity: 'nonsense'},
    }),
    'backup',
    /its identity is not an age identity/,
  ],
  [
    'a storage that is a file',
    () => ({storage: {type: 'dir', path: path.join(file(), 'below')}}),
    'verification',
    /ENOTDIR|not a directory/,
  ],
  ...(process.getuid?.() === 0
    ? [
        [
          'a drill user that is not there',
          () => ({drill: {binaries: bench.server.bin, user: 'nobody-of-that-name'}}),
          'drill',
          /a drill cannot become the user nobody-of-that-name/,
        ] as [string, () => Record<string, unknown>, BackupPurpose, RegExp],
      ]
    : []),
])(
  '%s: the plan refuses, and the doctor says the same',
  async (_, changes, purpose, reason) => {
    const {plan, doctor} = await bothAbout(await changes(), purpose)
    expect(plan).toMatch(reason)
    expect(doctor).toMatch(reason)
  },
  30_000,
)

test('where nothing is wrong, both are silent', async () => {
  for (const purpose of ['backup', 'verification', 'restore', 'drill'] as const)
    expect(await bothAbout({}, purpose)).toEqual({plan: '', doctor: ''})
})

test('a restore of a backup that the identity does not open is refused by its plan, damage is left to the reading', async () => {
  const {id} = await bench.ops().create()
  await expect(bench.ops().requireReady('restore', id)).resolves.toBeUndefined()
  const identity = await generateX25519Identity()
  const other = bench.configured({encryption: {recipients: [await identityToRecipient(identity)], identity}})
  for (const purpose of ['restore', 'drill'] as const)
    await expect(bench.ops({}, other).requireReady(purpose, id)).rejects.toMatchObject({
      code: 'backup/damaged',
      message: expect.stringContaining('wrongly keyed'),
    })
  const none = bench.configured({encryption: {recipients: [await identityToRecipient(identity)]}})
  await expect(bench.ops({}, none).requireReady('restore', id)).rejects.toMatchObject({code: 'config/secret'})
}, 60_000)
