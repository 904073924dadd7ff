import {describe, expect, test} from 'vitest'
import {backupEntry} from '../../test/backup-entry.ts'
import type {BackupEntry} from './rows.ts'
import {unusualOf, unusualWords} from './unusual.ts'

const entry = (storedBytes: number, durationMs = 60_000, changes: Partial<BackupEntry> = {}): BackupEntry =>
  backupEntry({
    id: 'x',
    durationMs,
    databaseBytes: storedBytes,
    storedBytes,
    ...changes,
  })
const GB = 1e9
const usual = [1.02, 1.0, 0.99, 1.01, 0.98, 1.0, 1.03].map(size => entry(size * GB))
const words = (one: BackupEntry, before = usual): readonly string[] => unusualOf(one, before).map(unusualWords)

describe('a backup that is unlike those before it', () => {
  test.each([
    ['half of it is missing', entry(0.5 * GB), ['50 % of the usual size']],
    ['it has doubled', entry(2 * GB), ['200 % of the usual size']],
    ['it took three times as long', entry(GB, 180_000), ['took 3.0 times as long as usual']],
    ['it took no time at all', entry(0.2 * GB, 6000), ['20 % of the usual size', 'took 10 % of the usual time']],
    ['it grew a little', entry(1.08 * GB), []],
    ['it is as ever', entry(GB), []],
  ])('%s', (_title, one, expected) => {
    expect(words(one)).toEqual(expected)
  })

  test('one strange one among those before changes nothing', () => {
    expect(words(entry(0.5 * GB), [entry(GB * 40), ...usual])).toEqual(['50 % of the usual size'])
    expect(words(entry(GB), [entry(GB * 40), ...usual])).toEqual([])
  })

  test('where sizes vary, more is usual', () => {
    const varied = [1, 2, 0.5, 1.5, 0.7, 2.2, 1.1].map(size => entry(size * GB))
    expect(words(entry(2.5 * GB), varied)).toEqual([])
    expect(words(entry(0.01 * GB), varied)).toEqual(['1 % of the usual size'])
  })

  test('a full one is compared with full ones, and a bad one with nothing', () => {
    const incr = usual.map(one => ({...one, kind: 'incr' as const}))
    expect(words(entry(20 * GB, 60_000, {kind: 'full'}), incr)).toEqual([])
    expect(words(entry(0.1 * GB, 60_000, {state: 'damaged'}))).toEqual([])
  })

  test('few say nothing, and seconds say nothing about a time', () => {
    expect(words(entry(9 * GB), usual.slice(0, 4))).toEqual([])
    const quick = usual.map(one => ({...one, durationMs: 400}))
    expect(words(entry(GB, 3000), quick)).toEqual([])
  })
})
