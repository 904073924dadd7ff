import {expect, test} from 'vitest'
import type {BackupRow} from '../../backups/rows.ts'
import {placeFacts, ruleLines} from './backup-places.ts'

const NOW = Date.UTC(2026, 10, 27)
const shown = (row: Partial<BackupRow>): Record<string, string> =>
  Object.fromEntries(
    placeFacts(row as BackupRow, NOW).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.map(({text}) => text).join('')]],
    ),
  )

test('what of 3-2-1-1-0 is true and what is not is said with its reason, each in a line of its own', () => {
  const rule = [
    {digit: '1', meaning: 'off-site', holds: true, why: 'vault'},
    {digit: '1', meaning: 'immutable', holds: false, why: 'no place that cannot be changed has the newest'},
    {digit: '2', meaning: 'kinds of storage', holds: false, unknown: true, why: 'no copy is known here'},
  ] as const
  const text = (width: number): readonly string[] =>
    ruleLines({rule} as unknown as BackupRow, width).map(each => each.map(part => part.text).join(''))
  expect(text(80)).toEqual([
    '3-2-1-1-0  1 of 3',
    '✓ 1 off-site  vault',
    '▲ 1 immutable NO  no place that cannot be changed has the newest',
    '◌ 2 kinds of storage not known  no copy is known here',
    '',
  ])
  expect(text(40).slice(2, 4)).toEqual(['▲ 1 immutable NO  no place that', '    cannot be changed has the newest'])
  expect(ruleLines({} as BackupRow, 80)).toEqual([])
})

test('each place is said with what it has', () => {
  const place = {type: 's3', location: 'https://s3/b', offSite: true, immutable: false, good: ['a', 'b'], damaged: []}
  expect(
    shown({
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
    'in vault': '2 good, the newest 1h old, https://s3/b',
    'in away': 'cannot be read: connection refused',
    'in bad': '1 damaged, none that is good, https://s3/b',
    room: '9.8 KB free: 3 more like the newest; full in 3d at 2.9 KB a day',
  })
  expect(shown({})).toEqual({})
})
