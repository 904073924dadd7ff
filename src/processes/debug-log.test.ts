import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {createRedactor} from '../text/redact.ts'
import {type DebugLog, errorFields, loggedExec, openDebugLog} from './debug-log.ts'

let stateDir: string
let log: DebugLog
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-debug-'))
  const redactor = createRedactor()
  redactor.add('hunter22-secret')
  log = openDebugLog({stateDir, clock: {now: () => 0} as never, redact: text => redactor.redact(text)})
})
afterEach(() => rmSync(stateDir, {recursive: true}))

const file = (name = 'debug.log'): string => path.join(stateDir, name)
const lines = (): readonly Record<string, unknown>[] =>
  readFileSync(file(), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)

test('a line has its time, its process and its event; the file is for its owner only', () => {
  log('command', {name: 'status'})
  expect(lines()).toEqual([{at: '1970-01-01T00:00:00.000Z', pid: process.pid, event: 'command', name: 'status'}])
  expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test('known secrets and what looks like one are redacted at any depth, and long texts are cut', () => {
  log('program', {
    argv: ['psql', 'postgres://ops:hunter22-secret@db/shop'],
    deep: {text: 'Authorization: Bearer abc.def.ghi'},
  })
  log('long', {text: 'x'.repeat(10_000)})
  const written = readFileSync(file(), 'utf8')
  expect(written).not.toContain('hunter22-secret')
  expect(written).not.toContain('abc.def.ghi')
  expect(written.length).toBeLessThan(5_000)
})

test('it is bounded: a full file makes room for a new one, and the one before that goes', () => {
  writeFileSync(file(), 'x'.repeat(5 << 20))
  log('last of the old')
  log('first of the new')
  expect(lines().map(({event}) => event)).toEqual(['first of the new'])
  expect(readFileSync(file('debug.log.1'), 'utf8')).toContain('last of the old')
  expect(existsSync(file('debug.log.2'))).toBe(false)
})

test('where it cannot write it says nothing', () => {
  rmSync(stateDir, {recursive: true})
  writeFileSync(stateDir, '')
  expect(() => log('lost')).not.toThrow()
})

test('programs are written with how they ended, errors with their causes', async () => {
  await loggedExec(async () => ({exitCode: 3, stdout: 'secret output', stderr: '', durationMs: 1.4}), log)(['true'])
  const broken = new Error('outer', {cause: new Error('inner')})
  const failing = loggedExec(() => Promise.reject(broken), log)
  await expect(failing(['false'])).rejects.toBe(broken)
  expect(lines()).toMatchObject([
    {event: 'program', argv: ['true'], exitCode: 3, ms: 1},
    {event: 'program failed', argv: ['false'], error: 'outer', cause: {error: 'inner'}},
  ])
  expect(readFileSync(file(), 'utf8')).not.toContain('secret output')
  expect(errorFields('text')).toEqual({error: 'text'})
})
