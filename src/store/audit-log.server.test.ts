import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import type {Actor} from '../identity/actor.ts'
import {encodeRecord, readLog} from './append-log.ts'
import {openAuditLog, type StoredAuditLog} from './audit-log.ts'
import {auditFile, verifyAuditFile} from './verify-trail.ts'

const actor: Actor = {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'}
const entry = {action: 'command', target: 'release:web', environment: 'production', phase: 'intent'} as const
let stateDir = ''
let log: StoredAuditLog
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-audit-'))
  log = openAuditLog({
    stateDir,
    actor,
    clock: {now: () => 1000, monotonic: () => 0},
    redact: text => text.replaceAll('hunter2', '[redacted]'),
  })
})
afterEach(() => {
  log.close()
  rmSync(stateDir, {recursive: true, force: true})
})

test('records are numbered, linked, redacted and verify', () => {
  for (let round = 0; round < 20; round += 1) log.append({...entry, reason: `round ${round} hunter2`})
  expect(log.list().map(record => record.seq)).toEqual(Array.from({length: 20}, (_, index) => index + 1))
  expect(readFileSync(auditFile(stateDir), 'utf8')).not.toContain('hunter2')
  expect(log.verify()).toMatchObject({verdict: 'VERIFIED', records: 20, breaks: []})
})

test('every flipped bit of the file is found', () => {
  for (let round = 0; round < 3; round += 1) log.append(entry)
  const file = auditFile(stateDir)
  const good = readFileSync(file)
  for (let bit = 0; bit < good.length * 8; bit += 1) {
    const bad = Buffer.from(good)
    bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7))
    writeFileSync(file, bad)
    expect(verifyAuditFile(file).verdict).not.toBe('VERIFIED')
  }
})

test.each([
  [
    'an edited record with a repaired checksum',
    (lines: string[]) => lines.with(2, (lines[2] as string).replace('ada', 'eve')),
    {seq: 3, kind: 'edited'},
  ],
  ['a removed record', (lines: string[]) => lines.toSpliced(2, 1), {seq: 3, kind: 'missing'}],
  [
    'two swapped records',
    (lines: string[]) => lines.with(2, lines[3] as string).with(3, lines[2] as string),
    {seq: 3, kind: 'missing'},
  ],
  ['a doubled record', (lines: string[]) => lines.toSpliced(2, 0, lines[2] as string), {seq: 4, kind: 'reordered'}],
])('%s is named', (_title, change, first) => {
  for (let round = 0; round < 6; round += 1) log.append({...entry, reason: String(round)})
  const file = auditFile(stateDir)
  const lines = readLog(file).records.map(record => record.payload)
  writeFileSync(file, Buffer.concat(change(lines).map(encodeRecord)))
  const {verdict, breaks} = verifyAuditFile(file)
  expect(verdict).toBe('TAMPERED')
  expect(breaks[0]).toMatchObject(first)
})

test('four processes append at once: every record is whole, once, and in one chain', async () => {
  const code = `
    const {openAuditLog} = await import(${JSON.stringify(new URL('audit-log.ts', import.meta.url).href)})
    const log = openAuditLog({stateDir: process.argv[1], actor: ${JSON.stringify(actor)}, clock: {now: () => Date.now()}, redact: text => text})
    for (let n = 0; n < 100; n += 1) log.append({action: 'command', target: process.argv[2], environment: 'e', phase: 'intent', detail: {n}})
    log.close()`
  const codes = await Promise.all(
    [1, 2, 3, 4].map(
      writer =>
        new Promise(resolve =>
          spawn(process.execPath, ['--input-type=module', '-e', code, stateDir, String(writer)], {stdio: 'inherit'}).on(
            'exit',
            resolve,
          ),
        ),
    ),
  )
  expect(codes).toEqual([0, 0, 0, 0])
  const records = log.list()
  expect(records).toHaveLength(400)
  for (const writer of ['1', '2', '3', '4']) {
    expect(records.filter(record => record.target === writer).map(record => record.detail?.['n'])).toEqual(
      Array.from({length: 100}, (_, n) => n),
    )
  }
  expect(log.verify().verdict).toBe('VERIFIED')
})

test('a log that cannot be written refuses with its reason', () => {
  const broken = openAuditLog({
    stateDir,
    actor,
    clock: {now: () => 1, monotonic: () => 0},
    redact: text => text,
    system: {
      write: () => {
        throw Object.assign(new Error('no space'), {code: 'ENOSPC'})
      },
      sync: () => {},
      truncate: () => {},
    },
  })
  expect(() => broken.append(entry)).toThrow(expect.objectContaining({code: 'audit/unwritable'}) as Error)
  broken.close()
})
