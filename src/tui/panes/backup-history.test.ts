import {expect, test} from 'vitest'
import {backupEntry} from '../../../test/backup-entry.ts'
import type {BackupEntry, BackupRow} from '../../backups/rows.ts'
import {historyFacts} from './backup-history.ts'

const NOW = Date.UTC(2026, 10, 26, 12)
const DAY = 86_400_000
const entry = (days: number, changes: Partial<BackupEntry> = {}): BackupEntry =>
  backupEntry({
    id: `b${days}`,
    takenAt: NOW - days * DAY,
    finishedAt: NOW - days * DAY,
    durationMs: 60_000 + days * 1000,
    databaseBytes: 1e9,
    storedBytes: 1024 * 1024 * (100 - days),
    ...changes,
  })
const shown = (entries: readonly BackupEntry[]): Record<string, string> =>
  Object.fromEntries(
    historyFacts({entries, newest: entries[0]} as BackupRow, NOW).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.map(({text}) => text).join('')]],
    ),
  )

test('sizes and times have a course, with its least and its most', () => {
  const facts = shown([entry(1), entry(2), entry(3), entry(4, {state: 'incomplete'})])
  expect(facts['sizes']).toMatch(/^[▁-█]{3} 97 MB to 99 MB$/)
  expect(facts['times']).toMatch(/^[▁-█]{3} 1m 1s to 1m 3s$/)
  expect(shown([entry(1), entry(2)])['sizes']).toBeUndefined()
})

test('that the key opens the newest is said with when, and why that one is there', () => {
  const facts = shown([entry(1, {openedAt: NOW - 2 * 3_600_000, run: 'r-1'})])
  expect([facts['key'], facts['why']]).toEqual(['opened the newest 2h ago', 'run r-1'])
  expect(shown([entry(1)])).toMatchObject({
    key: 'nobody has opened the newest with the key of this host',
    why: 'taken by hand',
  })
  expect(shown([entry(1, {kind: 'full'})])['key']).toBeUndefined()
})

test('what is unusual, what was proved last, and what is held is said', () => {
  const entries = [
    entry(1, {unusual: ['40 % of the usual size']}),
    entry(9, {restoreTestedAt: NOW - 2 * DAY, held: true}),
  ]
  expect(shown(entries)).toMatchObject({unusual: '40 % of the usual size', 'proved last': '2d ago, b9', held: '1: b9'})
  expect(shown([entry(1)])).toMatchObject({'proved last': 'no restore of these was ever proved'})
  expect(shown([])).toEqual({})
})

test('a full backup is not compared with incremental ones', () => {
  const entries = [
    entry(1, {kind: 'incr'}),
    entry(2, {kind: 'full'}),
    entry(3, {kind: 'full'}),
    entry(4, {kind: 'full'}),
  ]
  expect(shown(entries)['sizes']).toBeUndefined()
})
