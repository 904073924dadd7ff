import {spawn} from 'node:child_process'
import {appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {openLog, readLog, SYSTEM} from '../../src/store/append-log.ts'
import {openAuditLog} from '../../src/store/audit-log.ts'
import {auditFile, verifyAuditFile} from '../../src/store/verify-trail.ts'
import {until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, isFull, seedOr} from './sample.ts'

const SEED = seedOr(20261122)
const KILLS = countOf('S1')
const PROCESSES = isFull('S4') ? 10 : 4
const APPENDS = countOf('S4')

let stateDir = ''
beforeEach(() => {
  stateDir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-writers-'))
})
afterEach(() => rmSync(stateDir, {recursive: true, force: true}))

interface Writer {
  readonly acknowledged: () => number
  readonly ended: Promise<number | null>
  kill(): void
}

function startWriter(name: string, first: number, count: number): Writer {
  const args = [path.join(import.meta.dirname, 'writer.ts'), stateDir, name, String(first), String(count)]
  const child = spawn(process.execPath, args, {stdio: ['ignore', 'pipe', 'inherit']})
  let said = ''
  child.stdout.on('data', chunk => (said += String(chunk)))
  const ended = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
  const acknowledged = (): number => Number(said.trimEnd().split('\n').at(-1) || first - 1)
  return {acknowledged, ended, kill: () => void child.kill('SIGKILL')}
}

/** Numbers of one writer in the log, in the order in which they stand there. */
function numbersOf(writer: string): readonly number[] {
  return readLog(auditFile(stateDir))
    .records.map(({payload}) => JSON.parse(payload) as {target: string; detail: {n: number}})
    .filter(record => record.target === writer)
    .map(record => record.detail.n)
}

test(`three writers killed at ${KILLS} random moments (seed ${SEED}): nothing acknowledged is lost, doubled or reordered`, {
  timeout: 3_600_000,
}, async () => {
  const random = randomFrom(SEED)
  const names = ['a', 'b', 'c']
  const next = new Map(names.map(name => [name, 0]))
  const acknowledged = new Map<string, number[]>(names.map(name => [name, []]))
  for (let kill = 0; kill < KILLS; kill += 3) {
    const writers = names.map(name => ({
      name,
      first: next.get(name) ?? 0,
      writer: startWriter(name, next.get(name) ?? 0, 1_000_000),
    }))
    await until('every writer to write', () => writers.every(({writer, first}) => writer.acknowledged() > first))
    for (const {writer} of writers) {
      await new Promise(resolve => setTimeout(resolve, random() * 60))
      writer.kill()
    }
    for (const {name, first, writer} of writers) {
      await writer.ended
      const last = writer.acknowledged()
      acknowledged.get(name)?.push(...Array.from({length: last - first + 1}, (_, index) => first + index))
      // The record after the last acknowledged one may be there as well: a number that was not told is not used again.
      next.set(name, last + 100)
    }
  }
  // One more writer finds the log in order, whatever the last one left behind.
  expect(await startWriter('last', 0, 1).ended).toBe(0)
  expect(verifyAuditFile(auditFile(stateDir))).toMatchObject({verdict: 'VERIFIED', breaks: []})
  for (const name of names) {
    const numbers = numbersOf(name)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    const there = new Set(numbers)
    expect((acknowledged.get(name) ?? []).filter(n => !there.has(n))).toEqual([])
  }
})

test(`${PROCESSES} processes append ${APPENDS} records each: all whole, each once, each writer in order`, {
  timeout: 1_800_000,
}, async () => {
  const names = Array.from({length: PROCESSES}, (_, index) => `w${index}`)
  const codes = await Promise.all(names.map(name => startWriter(name, 0, APPENDS).ended))
  expect(codes).toEqual(names.map(() => 0))
  for (const name of names) expect(numbersOf(name)).toEqual(Array.from({length: APPENDS}, (_, n) => n))
  expect(verifyAuditFile(auditFile(stateDir))).toMatchObject({verdict: 'VERIFIED', records: PROCESSES * APPENDS})
})

const entry = {action: 'write', target: 'x', environment: 'e', phase: 'intent'} as const
const options = {
  actor: {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'},
  clock: {now: () => 1, monotonic: () => 0},
  redact: (text: string) => text,
} as const

test('a failed write takes back its own bytes only: what others appended in the meantime stays', () => {
  let fail = false
  const write = (descriptor: number, bytes: Buffer): number => {
    if (!fail) return SYSTEM.write(descriptor, bytes)
    SYSTEM.write(descriptor, bytes.subarray(0, 10))
    throw Object.assign(new Error('no space'), {code: 'ENOSPC'})
  }
  const first = openAuditLog({...options, stateDir, system: {...SYSTEM, write}})
  const second = openAuditLog({...options, stateDir})
  first.append(entry)
  for (let n = 0; n < 5; n += 1) second.append(entry)
  fail = true
  expect(() => first.append(entry)).toThrow(expect.objectContaining({code: 'audit/unwritable'}) as Error)
  fail = false
  expect(first.append(entry).seq).toBe(7)
  expect(verifyAuditFile(auditFile(stateDir))).toMatchObject({verdict: 'VERIFIED', records: 7})
  first.close()
  second.close()
})

test('a writer that died within its record stops nobody: its bytes are put aside and kept', () => {
  const log = openAuditLog({...options, stateDir})
  log.append(entry)
  appendFileSync(auditFile(stateDir), '000001f4 0000')
  expect(log.append(entry).seq).toBe(2)
  expect(verifyAuditFile(auditFile(stateDir))).toMatchObject({verdict: 'VERIFIED', records: 2})
  const aside = readdirSync(path.join(stateDir, 'audit')).filter(name => name.includes('.torn-'))
  expect(aside.map(name => readFileSync(path.join(stateDir, 'audit', name), 'utf8'))).toEqual(['000001f4 0000'])
  log.close()
})

test('a log that is only read is not touched, and need not be writable', () => {
  const log = openAuditLog({...options, stateDir: path.join(stateDir, 'nothing')})
  expect({records: log.list(), verdict: log.verify().verdict}).toEqual({records: [], verdict: 'CANNOT VERIFY'})
  log.close()
  expect(existsSync(path.join(stateDir, 'nothing'))).toBe(false)
})

test.each(['EIO', 'ENOSPC', 'short'] as const)(
  '%s at the Nth operation, once and from then on: only what was acknowledged counts',
  kind => {
    for (const lasting of [false, true]) {
      for (let at = 1; at <= 16; at += 1) {
        const file = path.join(stateDir, `${kind}-${lasting}-${at}`)
        let count = 0
        const hit = (): boolean => ++count === at || (lasting && count > at)
        const raise = (): never => {
          throw Object.assign(new Error(kind), {code: kind === 'EIO' ? 'EIO' : 'ENOSPC'})
        }
        const log = openLog(file, {
          write: (fd, bytes) =>
            hit() ? (kind === 'short' ? SYSTEM.write(fd, bytes.subarray(0, 7)) : raise()) : SYSTEM.write(fd, bytes),
          sync: fd => (hit() && kind !== 'short' ? raise() : SYSTEM.sync(fd)),
          truncate: (fd, size) => (hit() && kind !== 'short' ? raise() : SYSTEM.truncate(fd, size)),
        })
        const acknowledged: string[] = []
        for (let n = 0; n < 8; n += 1) {
          try {
            log.append(`"record ${n}"`)
            acknowledged.push(`"record ${n}"`)
          } catch {}
        }
        log.close()
        const again = openLog(file)
        const kept = readLog(file).records.map(record => record.payload)
        // What was never acknowledged may be there; what was, must be, once and in order.
        expect(kept.filter(payload => acknowledged.includes(payload))).toEqual(acknowledged)
        expect(kept).toEqual([...new Set(kept)])
        again.append('"after"')
        expect(readLog(file).records.at(-1)?.payload).toBe('"after"')
        again.close()
      }
    }
  },
)
