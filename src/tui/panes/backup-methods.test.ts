import {describe, expect, test} from 'vitest'
import {press, worldOf} from '../../../test/tui/keys.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {shop} from '../../../test/tui/shop.ts'
import {catalogueDetail} from '../../backups/backup-detail.ts'
import type {BackupEntry, BackupRow} from '../../backups/rows.ts'
import {frame} from '../screens/frame.ts'
import {openingState} from '../state/ui.ts'

const [MB, DAY] = [1024 * 1024, 86_400_000]
const model = shop.backups[0] as BackupRow

/** Three backups, the newest of an hour ago, as the method makes them. */
function rowOf(name: string, database: string, change: (days: number) => Partial<BackupEntry>): BackupRow {
  const entries = [0, 1, 2].map(days => {
    const takenAt = NOW - days * DAY - 3_600_000
    const id = `2026112${2 - days}-021207-a1b${days}`
    return {...(model.entries[0] as BackupEntry), id, takenAt, sizeChange: undefined, ...change(days)}
  })
  const location = `/var/backups/opsconsole/production/${name}`
  return {
    ...model,
    name,
    database,
    location,
    newest: entries[0],
    ...catalogueDetail(entries),
    totalBytes: 37 * MB,
    rpoMs: 26 * 3_600_000,
  }
}

const rows = [
  rowOf('counter', '/var/lib/counter/counter.db', () => ({storedBytes: 12 * MB, databaseBytes: 48 * MB})),
  rowOf('sessions', 'sessions', () => ({storedBytes: 3 * MB, databaseBytes: 9 * MB})),
  rowOf('uploads', '/srv/uploads', days => ({
    storedBytes: 20_000,
    databaseBytes: 2600 * MB,
    outside: 'a'.repeat(64),
    outsideBytes: {added: (3 + days) * MB, all: 1400 * MB},
  })),
]

const linesOf = (at: number, columns: number, height: number): readonly string[] => {
  const world = worldOf({...shop, backups: [rows[at] as BackupRow]})
  const state = press(openingState(world, {columns, rows: height, now: NOW}), '4', 'enter').state
  return frame(state).map(line => line.map(({text}) => text).join(''))
}
const textOf = (lines: readonly string[]): string => lines.join('\n')

describe.each([
  [80, 24],
  [120, 40],
])('backups of other methods at %i×%i', (columns, height) => {
  test.each([
    [0, 'file         /var/lib/counter/counter.db', '12 MB stored, 48 MB in the database'],
    [1, 'database     sessions', '3.0 MB stored, 9.0 MB in the database'],
    [2, 'directory    /srv/uploads', '3.0 MB new, 2.5 GB in the directory'],
  ])('%i: what is copied, its size and its dates are whole', (at, what, size) => {
    const text = textOf(linesOf(at, columns, height))
    expect(text).toContain(what)
    expect(text).toContain(`size         ${size}`)
    expect(text).toContain('newest       2026-11-22 02:12:07')
    expect(text).toContain('passed 2026-11-17 03:12:07')
    expect(text).not.toContain('2026-11-…')
  })

  test('a repository is said with its size', () => {
    const text = textOf(linesOf(2, columns, height))
    expect(text).toContain('repository   1.4 GB')
    expect(text).toMatch(/total {8}3 backups\s/)
    // What is free where our lists are says nothing of a repository.
    expect(text).not.toContain('more like the newest')
  })
})

test('on a narrow screen the catalogue precedes the charts, and the objective is said whole', () => {
  const lines = linesOf(0, 80, 100)
  const at = (text: string): number => lines.findIndex(line => line.includes(text))
  expect(at('Catalogue')).toBeGreaterThan(0)
  expect(at('Catalogue')).toBeLessThan(at('Stored  3 backups'))
  expect(textOf(lines)).toMatch(/age +1h of at most 1d 2h \(RPO\)/)
})

test('the overview shows the day and the time of each backup, whole, with its size', () => {
  const world = worldOf({...shop, backups: rows})
  const text = textOf(
    frame(openingState(world, {columns: 120, rows: 40, now: NOW})).map(line =>
      line.map(({text: part}) => part).join(''),
    ),
  )
  expect(text).toMatch(/11-22 02:12 +✓ good +1h +12 MB/)
  expect(text).toMatch(/11-21 02:12 +✓ good +1d +4\.0 MB/)
})
