import {expect, test} from 'vitest'
import type {BackupRow} from '../../backups/rows.ts'
import {recoveryFacts} from './recovery-facts.ts'

const NOW = Date.UTC(2026, 10, 26, 12)
const recovery: NonNullable<BackupRow['recovery']> = {
  stanza: 'main',
  serverVersion: '15',
  cipher: 'aes-256-cbc',
  repositories: 2,
  busy: false,
  segments: 31,
  holes: [],
  window: {from: NOW - 86_400_000, to: NOW - 12_000, lastSegment: '00000001000000000000001F'},
  unarchivedBytes: 4096,
  archiver: {failingSince: undefined, failures: 0, mode: 'on', otherCluster: false},
  rpoMs: 12_000,
}
const shown = (changes: Partial<typeof recovery>): Record<string, string> =>
  Object.fromEntries(
    recoveryFacts({rpoMs: 60_000, recovery: {...recovery, ...changes}} as BackupRow, NOW).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (value ?? []).map(({text}) => text).join(''),
    ]),
  )

test('the pane says what can be restored, what would be lost, and what is missing', () => {
  expect(shown({})).toMatchObject({
    'would be lost': 'the last 12s of at most 1m (RPO)',
    'WAL archive': '4.0 KB behind, 0 failures',
    continuity: '31 segments, no hole',
    encryption: 'aes-256-cbc',
    repositories: '2',
  })
  const holes = [{timeline: 1, from: '000000010000000000000005', to: '000000010000000000000006', count: 2}]
  expect(
    shown({holes, cipher: 'none', repositories: 1, window: undefined, rpoMs: undefined, archiver: undefined}),
  ).toMatchObject({
    restorable: 'to no moment',
    'would be lost': 'everything',
    'WAL archive': 'the server does not answer',
    continuity: '2 WAL segments are missing, 000000010000000000000005 to 000000010000000000000006',
    encryption: 'none',
    repositories: '1: there is no second copy',
  })
})

test('a backup of one database has none of it', () => {
  expect(recoveryFacts({rpoMs: 1} as BackupRow, NOW)).toEqual([])
})
