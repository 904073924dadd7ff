import {expect, test} from 'vitest'
import type {BackupRow} from '../../backups/rows.ts'
import {placeFacts} from './backup-places.ts'

const NOW = Date.UTC(2026, 10, 27)
const shown = (row: Partial<BackupRow>): Record<string, string> =>
  Object.fromEntries(
    placeFacts(row as BackupRow, NOW).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.map(({text}) => text).join('')]],
    ),
  )

test('what of 3-2-1-1-0 is not true is said with its reason, and each place with what it has', () => {
  const place = {type: 's3', location: 'https://s3/b', offSite: true, immutable: false, good: ['a', 'b'], damaged: []}
  expect(
    shown({
      rule: [
        {digit: '1', meaning: 'off-site', holds: true, why: 'vault'},
        {digit: '1', meaning: 'immutable', holds: false, why: 'no place that cannot be changed has the newest'},
      ],
      copies: [
        {...place, name: 'vault', newestAt: NOW - 3_600_000},
        {...place, name: 'away', newestAt: undefined, fault: 'connection refused'},
        {...place, name: 'bad', newestAt: undefined, damaged: ['a']},
      ],
      freeBytes: 10_000,
      room: {fullInMs: 259_200_000, bytesPerDay: 3000},
      newest: {storedBytes: 3000} as BackupRow['entries'][number],
    }),
  ).toEqual({
    '3-2-1-1-0': '1 off-site yes, 1 immutable NO',
    'no: immutable': 'no place that cannot be changed has the newest',
    'in vault': '2 good, the newest 1h old, https://s3/b',
    'in away': 'cannot be read: connection refused',
    'in bad': '1 damaged, none that is good, https://s3/b',
    room: '9.8 KB free: 3 more like the newest; full in 3d at 2.9 KB a day',
  })
  expect(shown({})).toEqual({})
})
