import {expect, test} from 'vitest'
import {backupEntry} from '../../../test/backup-entry.ts'
import type {BackupEntry, CopyState} from '../rows.ts'
import {copyFault, ruleOf} from './rule.ts'

const NOW = Date.UTC(2026, 10, 27)
const entry = (id: string, changes: Partial<BackupEntry> = {}): BackupEntry =>
  backupEntry({
    id,
    takenAt: NOW - 1000,
    finishedAt: NOW - 500,
    durationMs: 500,
    databaseBytes: 1,
    storedBytes: 1,
    verifiedAt: NOW,
    restoreTestedAt: NOW,
    ...changes,
  })
const place = (name: string, changes: Partial<CopyState> = {}): CopyState => ({
  name,
  type: 's3',
  location: name,
  offSite: true,
  immutable: false,
  good: ['new'],
  damaged: [],
  newestAt: NOW - 1000,
  ...changes,
})
const holds = (entries: readonly BackupEntry[], copies: readonly CopyState[]): string =>
  ruleOf({entries, type: 'dir', copies, now: NOW})
    .map(({digit, holds}) => (holds ? digit : '-'))
    .join('')

test.each<[string, string, readonly BackupEntry[], readonly CopyState[]]>([
  ['nothing good', '----0', [entry('new', {state: 'unchecked'})], [place('vault')]],
  ['one place', '----0', [entry('new')], []],
  ['a copy off-site', '321-0', [entry('new')], [place('vault')]],
  ['a copy that cannot be changed as well', '32110', [entry('new')], [place('vault', {immutable: true})]],
  ['a copy on the same kind of storage', '3-1-0', [entry('new')], [place('disk', {type: 'dir'})]],
  ['a copy of an older one only', '----0', [entry('new')], [place('vault', {good: ['old']})]],
  ['a place that is away', '321--', [entry('new')], [place('vault'), place('away', {fault: 'refused', good: []})]],
  ['a copy that is damaged', '321--', [entry('new')], [place('vault', {damaged: ['old']})]],
  ['no restore ever proved', '321--', [entry('new', {restoreTestedAt: undefined})], [place('vault')]],
])('3-2-1-1-0 with %s', (_what, expected, entries, copies) => expect(holds(entries, copies)).toBe(expected))

test('where another program keeps the data, its copies are not known, whatever kind our storage is', () => {
  const outside = 'the repository of restic'
  const parts = ruleOf({entries: [entry('new')], type: 'dir', copies: [], outside, now: NOW})
  expect(parts.map(({digit, holds, unknown}) => `${digit}${holds ? '' : unknown === true ? '?' : '-'}`)).toEqual([
    '3?',
    '2?',
    '1?',
    '1?',
    '0',
  ])
  expect(parts.map(({why}) => why).join(' ')).not.toMatch(/\bdir\b|no copy that is declared/)
})

test('what is off-site or immutable is so because the configuration says it', () => {
  const parts = ruleOf({entries: [entry('new')], type: 'dir', copies: [place('vault', {immutable: true})], now: NOW})
  expect(parts.slice(2, 4).map(({why}) => why)).toEqual(['vault, as declared', 'vault, as declared'])
})

test('a place without a copy that is young enough is a fault, once it had the time to get one', () => {
  const judged = (copies: readonly CopyState[], taken = NOW - 60_000): string | undefined =>
    copyFault({copies, entries: [entry('new'), entry('old', {takenAt: taken})], now: NOW}, 5000)
  expect(judged([])).toBeUndefined()
  expect(judged([place('vault')])).toBeUndefined()
  expect(judged([place('vault', {newestAt: NOW - 6000})])).toContain('vault has no copy that is young enough')
  expect(judged([place('vault', {newestAt: undefined})])).toContain('vault has no good copy')
  expect(judged([place('vault', {newestAt: undefined})], NOW - 2000)).toBeUndefined()
  expect(judged([place('vault', {fault: 'refused'})], NOW - 2000)).toContain('refused')
})
