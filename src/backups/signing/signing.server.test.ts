import {cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../../test/servers/backup-bench.ts'
import {makeSigner} from '../../../test/servers/signer.ts'
import {walkRunbook} from '../../../test/servers/walk-runbook.ts'
import verifyRunbook from '../../../runbooks/verify-backup.ts'
import {systemClock} from '../../units/clock.ts'
import {execProgram} from '../../processes/run.ts'
import type {Ops} from '../../runbooks/ops.ts'
import type {BackupOps} from '../ops.ts'
import type {BackupsConfig} from '../source.ts'
import {backupTargets} from '../target.ts'

let bench: BackupBench
let keys: string
let config: BackupsConfig
let unsigned: string
let signed: string
beforeAll(async () => {
  bench = await startBackupBench()
  await bench.fill()
  keys = mkdtempSync(path.join(tmpdir(), 'opsconsole-keys-'))
  config = bench.configured({signing: makeSigner(keys)})
  unsigned = (await bench.ops().create()).id
  signed = (await signing().create()).id
  for (const id of [unsigned, signed]) await bench.ops().verify(id)
}, 120_000)
afterAll(async () => {
  await bench.stop()
  rmSync(keys, {recursive: true, force: true})
})

const signing = (changes: Record<string, unknown> = {}): BackupOps =>
  bench.ops({}, Object.keys(changes).length === 0 ? config : bench.configured({signing: changes}))
const fileOf = (id: string, end: string): string => path.join(bench.directory, 'production/shop', `${id}.${end}`)
const entryOf = async (id: string, ops = signing()): ReturnType<BackupOps['pick']> => ops.pick({id})

/** A change that is taken back. */
async function changed(file: string, work: () => Promise<void>): Promise<void> {
  const before = readFileSync(file)
  try {
    await work()
  } finally {
    writeFileSync(file, before)
  }
}

test('a backup is signed as it is taken, and OpenSSH itself says whose it is', async () => {
  expect(await signing().signature(signed)).toMatchObject({
    ok: true,
    signer: 'opsconsole',
    key: expect.stringMatching(/^SHA256:/) as string,
  })
  expect(await entryOf(signed)).toMatchObject({state: 'good'})
  const {stdout} = await execProgram(
    [
      'ssh-keygen',
      '-Y',
      'verify',
      '-f',
      path.join(keys, 'allowed'),
      '-I',
      'opsconsole',
      '-n',
      'opsconsole-backup@1',
      '-s',
      fileOf(signed, 'manifest.json.sig'),
    ],
    {input: readFileSync(fileOf(signed, 'manifest.json'))},
  )
  expect(stdout).toMatch(/^Good "opsconsole-backup@1" signature for opsconsole/)
})

describe('what is not signed by an allowed key is neither good nor restored', () => {
  const place = {database: 'shop_restore_signing'}
  const refused = async (id: string, reason: RegExp): Promise<void> => {
    expect(await entryOf(id)).toMatchObject({state: 'damaged', reason: expect.stringMatching(reason) as string})
    expect(
      (
        await signing()
          .pick('newest')
          .catch(() => undefined)
      )?.id,
    ).not.toBe(id)
    const error = {code: 'backup/untrusted', exit: 7, message: expect.stringMatching(reason) as string}
    await expect(signing().verify(id)).rejects.toMatchObject(error)
    await expect(signing().restore(id, place)).rejects.toMatchObject(error)
    expect(await bench.query(`SELECT FROM pg_database WHERE datname = '${place.database}'`, 'postgres')).toEqual([])
  }

  test('one without a signature', () => refused(unsigned, /it is not signed/))

  test('one by a key that nobody allowed: a planted dump', async () => {
    const {key} = makeSigner(keys, {name: 'stranger', allowed: false})
    const text = readFileSync(fileOf(unsigned, 'manifest.json'))
    const {stdout} = await execProgram(['ssh-keygen', '-q', '-Y', 'sign', '-n', 'opsconsole-backup@1', '-f', key], {
      input: text,
    })
    writeFileSync(fileOf(unsigned, 'manifest.json.sig'), stdout)
    await refused(unsigned, /signed by a key that is not allowed, SHA256:/)
  })

  test('among many it is a verdict, and does not keep the others from being read', async () => {
    const whole = {...signing(), list: async () => [await entryOf(unsigned), await entryOf(signed)]}
    const walked = await walkRunbook(verifyRunbook, {
      params: {all: true},
      ops: {backup: () => whole, environment: {name: 'production'}} as unknown as Ops,
    })
    expect(walked.steps).toMatchObject({[`verify ${unsigned}`]: 'done', [`verify ${signed}`]: 'done', judge: 'failed'})
    expect(walked.reason).toMatch(new RegExp(`${unsigned} is not trusted: .*signed by a key that is not allowed`))
    expect(walked.saved[signed]).toBe('')
    expect(await signing().verdict('20260101-000000-0000')).toMatchObject({ok: false, fault: 'missing'})
    await changed(fileOf(signed, 'manifest.json'), async () => {
      writeFileSync(fileOf(signed, 'manifest.json'), '{')
      expect(await signing().verdict(signed)).toMatchObject({ok: false, fault: 'damaged manifest'})
    })
  })

  test('a signature that was made for something else', async () => {
    await changed(fileOf(signed, 'manifest.json.sig'), async () => {
      const text = readFileSync(fileOf(signed, 'manifest.json'))
      const {stdout} = await execProgram(
        ['ssh-keygen', '-q', '-Y', 'sign', '-n', 'git', '-f', path.join(keys, 'signer')],
        {input: text},
      )
      writeFileSync(fileOf(signed, 'manifest.json.sig'), stdout)
      await refused(signed, /does not fit it/)
    })
  })

  test('the manifest of another backup under its signature, which nobody can accept', async () => {
    await changed(fileOf(signed, 'manifest.json'), async () => {
      cpSync(fileOf(unsigned, 'manifest.json'), fileOf(signed, 'manifest.json'))
      await expect(signing().sign(signed, 'unsigned')).rejects.toMatchObject({
        code: 'backup/untrusted',
        message: expect.stringContaining('nobody can accept') as string,
      })
    })
  })
})

describe('a person may answer for one', () => {
  test('with exactly the fault that there is, and it is recorded', async () => {
    const verdict = await signing().signature(unsigned)
    const token = verdict?.ok === false ? (verdict.token ?? '') : ''
    expect(token).toMatch(/^SHA256:/)
    const before = bench.acts.length
    for (const typed of [undefined, 'unsigned', `${token}x`])
      await expect(signing().sign(unsigned, typed)).rejects.toMatchObject({code: 'backup/untrusted'})
    expect(bench.acts.length).toBe(before)
    await signing().sign(unsigned, token)
    expect(bench.acts.at(-1)).toMatch(
      new RegExp(`^sign the manifest of backup ${unsigned}: it is signed by a key that is not allowed`),
    )
    expect(await entryOf(unsigned)).toMatchObject({state: 'good'})
  })
})

test('a key is replaced: both count until the old one is taken out, and old backups are signed anew', async () => {
  const next = makeSigner(keys, {name: 'next'})
  expect(await entryOf(signed, signing(next))).toMatchObject({state: 'good'})
  await signing(next).sign(signed, undefined)
  const list = path.join(keys, 'allowed')
  const [, ...later] = readFileSync(list, 'utf8').trim().split('\n')
  writeFileSync(list, `${later.join('\n')}\n`)
  expect(await entryOf(signed, signing(next))).toMatchObject({state: 'good'})
  expect(await entryOf(unsigned, signing(next))).toMatchObject({state: 'damaged'})
  await expect(signing().requireReady('backup')).rejects.toMatchObject({
    message: expect.stringContaining('its signing key does not sign for it') as string,
  })
})

test('the monitor asks once for each manifest and signature', async () => {
  let asked = 0
  const exec: typeof execProgram = (argv, options) => {
    asked += 1
    return execProgram(argv, options)
  }
  const [target] = await backupTargets(config, {
    exec,
    clock: systemClock,
    secret: () => Promise.reject(new Error('none')),
  })
  const {signal} = new AbortController()
  await target?.probe(signal)
  const once = asked
  expect(once).toBeGreaterThan(0)
  await target?.probe(signal)
  expect(asked).toBe(once)
})
