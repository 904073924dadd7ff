import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {crc32} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {recordHash} from '../audit/chain.ts'
import type {Actor} from '../identity/actor.ts'
import {encodeRecord, readLog} from './append-log.ts'
import {openAuditLog, type StoredAuditLog} from './audit-log.ts'
import {auditFile, openTrailWatch, verifyAuditFile, verifyOwnTrail} from './verify-trail.ts'

const actor: Actor = {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'}
const entry = {action: 'command', target: 'release:web', environment: 'production', phase: 'intent'} as const
let stateDir = ''
let file = ''
let log: StoredAuditLog
const open = (more = {}): StoredAuditLog =>
  openAuditLog({stateDir, actor, clock: {now: () => 1000, monotonic: () => 0}, redact: text => text, ...more})
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-trail-'))
  file = auditFile(stateDir)
  log = open()
  for (let n = 0; n < 6; n += 1) log.append({...entry, reason: String(n)})
})
afterEach(() => {
  log.close()
  rmSync(stateDir, {recursive: true, force: true})
})

const payloads = (): string[] => readLog(file).records.map(({payload}) => payload)
const write = (lines: readonly string[]): void => writeFileSync(file, Buffer.concat(lines.map(encodeRecord)))
const edit = (text: string, change: Record<string, unknown>): string => JSON.stringify({...JSON.parse(text), ...change})
const someRun = (): void => void mkdirSync(path.join(stateDir, 'runs', '20261122-031200-aaaa'), {recursive: true})
/** Records that can still be told, with the places of the breaks. */
const told = () => ({
  seqs: log.list().map(({seq}) => seq),
  breaks: verifyAuditFile(file).breaks.map(({seq, kind}) => `${seq} ${kind}`),
})

describe('beyond damage', () => {
  test.each([
    ['one flipped bit', (at: number[]) => [at[2] as number], [1, 2, 4, 5, 6], ['3 edited']],
    ['two, far apart', (at: number[]) => [at[1] as number, at[4] as number], [1, 3, 4, 6], ['2 edited', '5 edited']],
    ['two neighbours', (at: number[]) => [at[1] as number, at[2] as number], [1, 4, 5, 6], ['2 edited']],
    ['the last', (at: number[]) => [at[5] as number], [1, 2, 3, 4, 5], ['6 edited']],
    ['the first', (at: number[]) => [at[0] as number], [2, 3, 4, 5, 6], ['1 edited']],
  ])('%s: every break is named and the rest is shown', (_title, choose, seqs, breaks) => {
    const bytes = readFileSync(file)
    const starts = readLog(file).records.map(({offset}) => offset)
    for (const start of choose(starts)) bytes[start + 40] = (bytes[start + 40] as number) ^ 1
    writeFileSync(file, bytes)
    expect(told()).toEqual({seqs, breaks})
    expect(verifyAuditFile(file).verdict).toBe('TAMPERED')
  })

  test('bytes of anything between records are one break, and hide nothing', () => {
    const bytes = readFileSync(file)
    const third = readLog(file).records[2]?.offset ?? 0
    writeFileSync(file, Buffer.concat([bytes.subarray(0, third), Buffer.from('junk\n\n\0\n'), bytes.subarray(third)]))
    expect(told()).toEqual({seqs: [1, 2, 3, 4, 5, 6], breaks: ['3 edited']})
  })

  test('a writer goes on behind it, and nothing else is broken by that', () => {
    const bytes = readFileSync(file)
    const last = readLog(file).records[5]?.offset ?? 0
    bytes[last + 40] = (bytes[last + 40] as number) ^ 1
    writeFileSync(file, bytes)
    for (const writer of [log, open()]) {
      writer.append(entry)
      writer.append(entry)
      if (writer !== log) writer.close()
    }
    expect(told()).toEqual({seqs: [1, 2, 3, 4, 5, 7, 8, 9, 10], breaks: ['6 edited']})
  })

  test('the exact bytes are hashed: another spelling of the same record is a break', () => {
    const lines = payloads()
    write(lines.with(2, (lines[2] as string).replace('"v":1', '"v": 1')))
    expect(told().breaks).toEqual(['3 edited'])
    const bytes = Buffer.concat(payloads().map(encodeRecord))
    writeFileSync(file, bytes)
    write(lines.with(2, `${lines[2]} `))
    expect(told().breaks).toEqual(['3 edited'])
  })

  test('bytes that are no UTF-8 are unreadable, even with a right checksum', () => {
    const lines = payloads()
    const body = Buffer.from((lines[5] as string).replace('ada', 'a\u007fa'))
    body[body.indexOf(0x7f)] = 0xff
    const bad = encodeRecord('x'.repeat(body.length))
    writeFileSync(file, Buffer.concat([...lines.slice(0, 5).map(encodeRecord), withPayload(bad, body)]))
    expect(told().breaks).toEqual(['6 unreadable'])
  })

  test.each([8.64e15 + 1, -1e300, '2026', null])('a time that is no date (%s) is a break, not a crash', at => {
    const lines = payloads()
    write(lines.with(5, edit(lines[5] as string, {at})))
    expect(verifyAuditFile(file)).toMatchObject({verdict: 'TAMPERED', breaks: [{seq: 6, kind: 'edited'}], lastAt: 1000})
  })
})

function withPayload(record: Buffer, body: Buffer): Buffer {
  const header = `${body.length.toString(16).padStart(8, '0')} ${crc32(body).toString(16).padStart(8, '0')} `
  expect(record.length).toBe(header.length + body.length + 1)
  return Buffer.concat([Buffer.from(header), body, Buffer.from('\n')])
}

describe('a trail that is not there', () => {
  test('is never verified', () => {
    expect(verifyAuditFile('/no/such/log')).toMatchObject({verdict: 'CANNOT VERIFY', unaccepted: 0})
    rmSync(file)
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'CANNOT VERIFY', unaccepted: 0})
    writeFileSync(file, '')
    expect(verifyAuditFile(file).verdict).toBe('CANNOT VERIFY')
  })

  test.each([
    ['deleted', () => rmSync(file)],
    ['moved away', () => renameSync(file, `${file}.old`)],
    ['emptied', () => truncateSync(file)],
    ['a symbolic link', () => moveAnd(to => symlinkSync(to, file))],
    ['a hard link', () => moveAnd(to => linkSync(to, file))],
  ])('%s beside runs: an alarm, and nothing begins anew by itself', (_title, harm) => {
    someRun()
    harm()
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'CANNOT VERIFY', unaccepted: 1})
    expect(openTrailWatch(stateDir)()).toMatch(/^the audit trail cannot be trusted: /)
    const later = open()
    expect(() => later.append(entry)).toThrow(expect.objectContaining({code: 'audit/missing', exit: 10}) as Error)
    later.close()
  })

  test('begins anew when a person says why, and is whole from there on', () => {
    someRun()
    rmSync(file)
    const anew = open({despiteBrokenTrail: 'a person said why'})
    anew.append({action: 'broken trail accepted', target: 'audit trail', environment: '', phase: 'decision'})
    anew.close()
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'VERIFIED', records: 1})
    expect(openTrailWatch(stateDir)()).toBeUndefined()
  })
})

const moveAnd = (link: (to: string) => void): void => {
  renameSync(file, `${file}.old`)
  link(`${file}.old`)
}

describe('a writer that has the trail open', () => {
  test.each([
    ['deleted', () => rmSync(file)],
    ['moved away', () => renameSync(file, `${file}.old`)],
    ['replaced by its own copy', () => (copyFileSync(file, `${file}.copy`), renameSync(`${file}.copy`, file))],
    ['replaced by a link', () => moveAnd(to => symlinkSync(to, file))],
    ['given another name', () => linkSync(file, `${file}.other`)],
    ['cut by a record', () => truncateSync(file, readLog(file).records[5]?.offset)],
    ['emptied', () => truncateSync(file)],
  ])('goes on nowhere when it is %s', (_title, harm) => {
    harm()
    expect(() => log.append(entry)).toThrow(expect.objectContaining({code: 'audit/missing'}) as Error)
    expect(() => log.append(entry)).toThrow(expect.objectContaining({code: 'audit/missing'}) as Error)
  })

  test('goes on with what others appended, and with what a dead writer left', () => {
    const other = open()
    other.append(entry)
    appendFileSync(file, encodeRecord('{"v":1}').subarray(0, 20))
    expect(log.append(entry).seq).toBe(8)
    expect(other.append(entry).seq).toBe(9)
    other.close()
    expect(verifyAuditFile(file)).toMatchObject({verdict: 'VERIFIED', records: 9})
  })
})

describe('what is known of a trail without reading it', () => {
  test('is nothing against it while it is as its writers left it', () => {
    expect(openTrailWatch(stateDir)()).toBeUndefined()
  })

  test.each([
    ['an edit of the same length', () => write(payloads().with(2, (payloads()[2] as string).replace('ada', 'eve')))],
    ['a removed record', () => write(payloads().toSpliced(2, 1))],
    ['a forged record at the end', () => write([...payloads(), edit(payloads()[5] as string, {seq: 7})])],
  ])('%s is seen at once, by whoever looked before too', (_title, harm) => {
    const watch = openTrailWatch(stateDir)
    expect(watch()).toBeUndefined()
    harm()
    for (const look of [watch, openTrailWatch(stateDir)]) expect(look()).toMatch(/^the audit trail is broken at record/)
    const later = open()
    later.append(entry)
    later.close()
    expect(watch()).toMatch(/^the audit trail is broken at record/)
  })

  test('once a person has accepted a break, only a further one is told', () => {
    write(payloads().toSpliced(2, 1))
    const watch = openTrailWatch(stateDir)
    const later = open()
    later.append({...entry, action: 'broken trail accepted'})
    later.append(entry)
    later.append(entry)
    later.close()
    expect(watch()).toBeUndefined()
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'TAMPERED', unaccepted: 0, breaks: [{seq: 3}]})
    write(payloads().toSpliced(-2, 1))
    expect(watch()).toContain('record 8')
  })

  test('a mark of another file does not speak for this one', () => {
    const mark = readFileSync(`${file}.mark`)
    write(payloads().toSpliced(2, 1))
    writeFileSync(`${file}.mark`, mark)
    expect(openTrailWatch(stateDir)()).toBeDefined()
  })
})

test('a kept head is found as long as the record is there', () => {
  const heads = new Map<string, number>()
  verifyOwnTrail(stateDir, ({seq}, hash) => heads.set(hash, seq))
  const third = readLog(file).records[2]?.payload ?? ''
  expect(heads.get(recordHash(encodeRecord(third)))).toBe(3)
})
