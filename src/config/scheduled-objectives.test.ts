import {expect, test} from 'vitest'
import {judgeCatalog} from '../backups/judge-catalog.ts'
import type {BackupEntry} from '../backups/rows.ts'
import {readConfig} from './load.ts'

const [HOUR, DAY] = [3_600_000, 86_400_000]

/** The objective of a backup by these schedules, with what else is written of it. */
const rpoOf = (schedules: string, more = ''): number => {
  const text = `project: shop
environments: [{name: prod}]
databases: [{name: shop, url: 'postgres://u@h/shop'}]
backups:
  - {name: shop, database: shop, storage: {type: dir, path: b}, encryption: {recipients: [age1abc]}${more}}
schedules: [${schedules}]
`
  return readConfig(text, '/etc/ops/opsconsole.yaml').backups[0]?.rpo ?? 0
}
const taken = (when: string, more = ''): string => `{name: s, runbook: backup, ${when}, params: {backup: shop}${more}}`

test.each([
  ['no schedule', '', 26 * HOUR],
  ['each night', taken("cron: '30 2 * * *'"), 26 * HOUR],
  ['each hour', taken('every: 1h'), 26 * HOUR],
  ['on Mondays', taken("cron: '0 3 * * mon'"), 7 * DAY + 2 * HOUR],
  ['on weekdays', taken("cron: '0 3 * * 1-5'"), 3 * DAY + 2 * HOUR],
  ['on the first of the month', taken("cron: '0 3 1 * *'"), 31 * DAY + 2 * HOUR],
  ['every three days', taken('every: 3d'), 3 * DAY + 2 * HOUR],
  ['the only backup, unnamed', "{name: s, runbook: backup, cron: '0 3 * * mon'}", 7 * DAY + 2 * HOUR],
  ['a schedule that is off', taken("cron: '0 3 * * mon'", ', enabled: false'), 26 * HOUR],
  [
    'two, of which one is daily',
    `${taken("cron: '0 3 * * mon'")}, ${taken('every: 1d').replace('name: s', 'name: t')}`,
    26 * HOUR,
  ],
])('without an rpo, by the schedule: %s', (_, schedules, rpo) => {
  expect(rpoOf(schedules)).toBe(rpo)
})

test('an rpo that is written stays, whatever the schedule', () => {
  expect(rpoOf(taken("cron: '0 3 * * mon'"), ', rpo: 1d')).toBe(DAY)
})

test('a daily backup is never too old by default, though each night it is older than a day before the next one is there', () => {
  const now = 1_800_000_000_000
  const entry = {
    id: 'b',
    takenAt: now - 25 * HOUR,
    finishedAt: now - 25 * HOUR,
    state: 'good',
    reason: '',
  } as BackupEntry
  expect(judgeCatalog([entry], rpoOf(taken("cron: '30 2 * * *'")), now).status).toBe('up')
  expect(judgeCatalog([{...entry, takenAt: now - 27 * HOUR, finishedAt: now - 27 * HOUR}], rpoOf(''), now).status).toBe(
    'down',
  )
})
