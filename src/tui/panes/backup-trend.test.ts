import {expect, test} from 'vitest'
import {shop} from '../../../test/tui/shop.ts'
import type {BackupEntry, BackupRow} from '../../backups/rows.ts'
import {backupTrend} from './backup-trend.ts'

const [row] = shop.backups
const [entry] = row?.entries ?? []
const DAY = 86_400_000

function trend(sizes: readonly (Partial<BackupEntry> & {readonly storedBytes: number})[], width = 80): string {
  const entries = sizes.map((change, at) => ({
    ...(entry as BackupEntry),
    takenAt: at * DAY,
    state: 'good' as const,
    ...change,
  }))
  return backupTrend({...(row as BackupRow), entries: entries.toReversed()}, width)
    .map(line => line.map(each => each.text).join(''))
    .join('\n')
}
const usual = (count: number) =>
  Array.from({length: count}, () => ({storedBytes: 100e6, durationMs: 60_000, sizeChange: 0}))

test('sizes and times of the backups, oldest first, with a mark under each of an odd size', () => {
  const text = trend([...usual(10), {storedBytes: 10e6, sizeChange: -0.9}, ...usual(3)])
  expect(text).toContain('14 backups, ▲ 1 of an odd size')
  expect(text).toMatch(/Took\n +\d+\w┤/)
  expect(text.match(/└.*▲/g)).toHaveLength(2)
})

test('safety copies, unfinished and incremental ones are no part of the trend', () => {
  const text = trend([
    ...usual(5),
    {storedBytes: 1, safety: true},
    {storedBytes: 1, state: 'incomplete'},
    {storedBytes: 1, kind: 'incr'},
  ])
  expect(text).toContain('5 backups')
})

test('one backup is no trend, and a narrow place draws none', () => {
  expect(trend(usual(1))).toBe('')
  expect(trend(usual(9), 30)).toBe('')
})
