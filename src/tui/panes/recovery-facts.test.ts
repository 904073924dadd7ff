import {expect, test} from 'vitest'
import type {BackupRow} from '../../backups/rows.ts'
import type {Receiver} from '../../backups/receivers.ts'
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
  archiveRpoMs: 12_000,
  rpoMs: 12_000,
  receivers: [],
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

test('of several repositories it says which is no copy', () => {
  const repositoryFaults = ['repository 2 holds no backup']
  expect(shown({repositoryFaults})['repositories']).toBe('2: repository 2 holds no backup')
})

test('each receiver of the log is told of, and what the archive alone would lose', () => {
  const told = (receiver: Partial<Receiver>, rpoMs = 2000): Record<string, string> =>
    shown({
      rpoMs,
      receivers: [{name: 'vault', state: 'following', behindBytes: 4096, lossMs: 2000, ...receiver}],
    })
  expect(told({})).toMatchObject({
    'would be lost': 'the last 2s of at most 1m (RPO); by the archive alone 12s',
    'WAL receivers': 'vault: 4.0 KB behind, at most 2s',
  })
  expect(told({state: 'waited for', lossMs: 0}, 0)).toMatchObject({
    'would be lost': 'nothing of at most 1m (RPO); by the archive alone 12s',
    'WAL receivers': 'vault: 4.0 KB behind, commits wait for it',
  })
  expect(told({lossMs: undefined}, 12_000)).toMatchObject({
    'would be lost': 'the last 12s of at most 1m (RPO)',
    'WAL receivers': 'vault: 4.0 KB behind, since when is not known',
  })
  const gone = {state: 'not connected', lossMs: undefined, fault: 'the WAL receiver vault is not connected'} as const
  expect(told(gone, 12_000)['WAL receivers']).toBe('vault is not connected')
})

test('a backup of one database has none of it', () => {
  expect(recoveryFacts({rpoMs: 1} as BackupRow, NOW)).toEqual([])
})
