import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdtempSync,
  readdirSync,
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
import {ACCEPTED, CONTINUED} from '../audit/chain.ts'
import type {Actor} from '../identity/actor.ts'
import {encodeRecord, readLog} from './append-log.ts'
import {openAuditLog, type StoredAuditLog} from './audit-log.ts'
import {sealedName, sealedSegments} from './trail-segments.ts'
import {auditFile, openTrailWatch, verifyAuditFile, verifyOwnTrail} from './verify-trail.ts'

const actor: Actor = {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'}
const entry = {action: 'command', target: 'release:web', environment: 'production', phase: 'intent'} as const
const FULL = 3000
let stateDir = ''
let file = ''
let log: StoredAuditLog
const open = (more = {}): StoredAuditLog =>
  openAuditLog({
    stateDir,
    actor,
    clock: {now: () => 1000, monotonic: () => 0},
    redact: text => text,
    segmentBytes: FULL,
    ...more,
  })
const fill = (count: number, writer = log): void => {
  for (let n = 0; n < count; n += 1) writer.append({...entry, reason: String(n)})
}
const sealed = (number: number): string => sealedName(file, number)
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-segments-'))
  file = auditFile(stateDir)
  log = open()
})
afterEach(() => {
  log.close()
  rmSync(stateDir, {recursive: true, force: true})
})

describe('a trail that outgrows its file', () => {
  test('is continued in another one, which begins with the head of the one before', () => {
    fill(60)
    const segments = sealedSegments(file)
    expect(segments.map(({file: name}) => path.basename(name))).toEqual(segments.map((_, at) => `log.00000${at + 1}`))
    expect(segments.length).toBeGreaterThan(3)
    const {records, head} = verifyAuditFile(file)
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'VERIFIED', segments: segments.length + 1, records, head})
    expect(log.list().map(({seq}) => seq)).toEqual(Array.from({length: records}, (_, index) => index + 1))
    const continued = log.list({action: CONTINUED})
    expect(continued.map(({target, detail}) => [target, detail?.['segment']])).toEqual(
      segments.map(({number}) => [`log.00000${number}`, number + 1]),
    )
    expect(records).toBe(60 + segments.length)
    expect(openTrailWatch(stateDir)()).toBeUndefined()
  })

  test('is listed from the end on, and only as far back as is wanted', () => {
    fill(60)
    const last = verifyAuditFile(file).records
    expect(log.list({limit: 25}).map(({seq}) => seq)).toEqual(Array.from({length: 25}, (_, index) => last - 24 + index))
    writeFileSync(sealed(1), 'nothing that can be read')
    expect(log.list({limit: 5})).toHaveLength(5)
    expect(log.list({text: '"reason":"59"'})).toHaveLength(1)
  })

  test('is followed by every writer that has it open, whoever begins the next file', () => {
    const others = [open(), open()]
    for (let n = 0; n < 30; n += 1) for (const writer of [log, ...others]) writer.append({...entry, reason: String(n)})
    for (const writer of others) writer.close()
    expect(sealedSegments(file).length).toBeGreaterThan(5)
    const found = verifyOwnTrail(stateDir)
    expect(found).toMatchObject({verdict: 'VERIFIED', breaks: []})
    expect(found.records).toBe(90 + sealedSegments(file).length)
  })

  test('is not read again by the next process: the mark speaks for all its files', () => {
    fill(60)
    const before = verifyAuditFile(file).records
    const later = open({system: undefined})
    expect(later.append(entry).seq).toBe(before + 1)
    later.close()
    expect(openTrailWatch(stateDir)()).toBeUndefined()
  })

  test('of a version that knew one file only is sealed as it is, once it is full', () => {
    log.close()
    log = open({segmentBytes: undefined})
    fill(30)
    const mark = JSON.parse(readFileSync(`${file}.mark`, 'utf8').split('\n')[0] ?? '') as Record<string, unknown>
    const former = JSON.stringify({...mark, sealed: undefined})
    writeFileSync(`${file}.mark`, `${former}\n${crc32(former).toString(16)}\n`)
    expect(openTrailWatch(stateDir)()).toBeUndefined()
    const later = open()
    later.append(entry)
    later.close()
    expect(sealedSegments(file)).toHaveLength(1)
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'VERIFIED', records: 32})
  })
})

describe('a writer that dies while it seals', () => {
  const states: readonly (readonly [string, () => void])[] = [
    ['before the next file is whole', () => writeFileSync(`${file}.next`, '000001f4 0000')],
    ['before the full one has its number', () => copyFileSync(file, `${file}.next`)],
    ['before the next one is in its place', () => linkSync(file, sealed(sealedSegments(file).length + 1))],
  ]
  test.each(states)('%s: nobody is alarmed, and the next writer seals it', (_title, die) => {
    fill(25)
    log.close()
    die()
    expect(openTrailWatch(stateDir)()).toBeUndefined()
    expect(verifyOwnTrail(stateDir).verdict).toBe('VERIFIED')
    log = open()
    fill(25)
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'VERIFIED', breaks: []})
    expect(log.list().filter(({action}) => action === 'command')).toHaveLength(50)
    expect(readdirSync(path.dirname(file)).filter(name => name.endsWith('.next'))).toEqual([])
  })

  test('does not stop a writer that has it open', () => {
    fill(25)
    linkSync(file, sealed(sealedSegments(file).length + 1))
    fill(25)
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'VERIFIED', breaks: []})
  })

  test('where no file can get a number, the one that is full grows on', () => {
    fill(25)
    const count = sealedSegments(file).length
    writeFileSync(sealed(count + 1), '')
    fill(20)
    expect(sealedSegments(file)).toHaveLength(count + 1)
    rmSync(sealed(count + 1))
    fill(20)
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'VERIFIED', breaks: []})
  })
})

describe('a sealed file', () => {
  const harms: readonly (readonly [string, () => void, RegExp])[] = [
    [
      'deleted, the oldest',
      () => rmSync(sealed(1)),
      /missing, expected record 1, .*: log.000001, the file before it, is gone or was cut/,
    ],
    ['deleted, in the middle', () => rmSync(sealed(2)), /log.000002, the file before it, is gone or was cut/],
    [
      'deleted, the newest',
      () => rmSync(sealed(sealedSegments(file).length)),
      /the file before it, is gone or was cut/,
    ],
    [
      'cut at a record',
      () => truncateSync(sealed(2), readLog(sealed(2)).records.at(-1)?.offset),
      /log.000002, the file before it, is gone or was cut/,
    ],
    ['cut within a record', () => truncateSync(sealed(2), 1000), /edited, is cut off/],
    ['renamed', () => renameSync(sealed(1), sealed(77)), /is broken at record/],
    ['edited', () => edit(sealed(2)), /edited, record \d+ points at/],
    ['doubled', () => copyFileSync(sealed(1), sealed(88)), /reordered|edited/],
    ['a link', () => (renameSync(sealed(1), `${file}.old`), symlinkSync(`${file}.old`, sealed(1))), /symbolic link/],
    ['given another name', () => linkSync(sealed(1), `${file}.other`), /has a second name/],
    ['appended to', () => appendFileSync(sealed(1), encodeRecord('{"v":1,"seq":9,"prev":"x"}')), /is broken at record/],
  ]
  const edit = (name: string): void =>
    writeFileSync(
      name,
      Buffer.concat(
        readLog(name).records.map(({payload}, at) => encodeRecord(at === 2 ? payload.replace('ada', 'eve') : payload)),
      ),
    )

  test.each(harms)('that is %s is seen at once, by whoever looked before too, and named', (_title, harm, says) => {
    fill(60)
    const watch = openTrailWatch(stateDir)
    expect(watch()).toBeUndefined()
    harm()
    for (const look of [watch, openTrailWatch(stateDir)]) expect(look()).toMatch(says)
    expect(verifyOwnTrail(stateDir).verdict).not.toBe('VERIFIED')
  })

  test('that was removed for good is accepted like any other break', () => {
    fill(60)
    rmSync(sealed(1))
    log.append({...entry, action: ACCEPTED, phase: 'decision'})
    fill(20)
    expect(openTrailWatch(stateDir)()).toBeUndefined()
    expect(verifyOwnTrail(stateDir)).toMatchObject({
      verdict: 'TAMPERED',
      unaccepted: 0,
      breaks: [{kind: 'missing', seq: 1}],
    })
  })

  test('names the file in which a break is', () => {
    fill(60)
    edit(sealed(2))
    expect(verifyAuditFile(file).breaks).toMatchObject([{kind: 'edited', file: 'log.000002'}])
  })

  test.each([
    ['missing', () => rmSync(file)],
    ['empty', () => truncateSync(file)],
  ])('without one that goes on (%s): an alarm, and nothing begins anew', (what, harm) => {
    fill(60)
    log.close()
    harm()
    expect(verifyOwnTrail(stateDir)).toMatchObject({verdict: 'CANNOT VERIFY', unaccepted: 1})
    expect(openTrailWatch(stateDir)()).toContain(`is ${what} although what was written before it is there`)
    log = open()
    expect(() => log.append(entry)).toThrow(expect.objectContaining({code: 'audit/missing'}) as Error)
    expect(log.list().length).toBeGreaterThan(30)
  })
})
