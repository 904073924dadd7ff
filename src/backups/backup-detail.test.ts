import {expect, test} from 'vitest'
import {shop} from '../../test/tui/shop.ts'
import {NOW} from '../../test/tui/shop-events.ts'
import {backupsText} from '../commands/backups/list.ts'
import {catalogueDetail} from './backup-detail.ts'
import type {BackupEntry, BackupRow} from './rows.ts'

const HOUR = 3_600_000
const [model] = shop.backups as readonly [BackupRow]

/** One an hour, of which only the oldest was ever restored. */
const hourly = Array.from({length: 400}, (_, hours): BackupEntry => {
  const restoreTestedAt = hours === 399 ? NOW - 5 * 24 * HOUR : undefined
  return {...(model.entries[0] as BackupEntry), takenAt: NOW - hours * HOUR, storedBytes: 1000, restoreTestedAt}
})

test('a row of a long catalogue has its newest backups, and says of all of them how many, how large and whether proved', () => {
  const detail = catalogueDetail(hourly)
  expect(detail.entries).toEqual(hourly.slice(0, 60))
  expect(detail).toMatchObject({total: 400, totalBytes: 400_000, restoreTestedAt: NOW - 5 * 24 * HOUR})
  const text = backupsText([{...model, ...detail}], NOW)
  expect(text).toMatch(/ 400 /)
  expect(text).toContain('5d ago')
})
