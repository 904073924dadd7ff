import {expect, test} from 'vitest'
import {readConfig} from './load.ts'

const written = (schedule: string, more = ''): string => `
environments: [{name: production, protected: true}]
backups:
  - name: counter
    method: sqlite
    sqlite: {file: counter.db}
    storage: {type: dir, path: backups}
    encryption: {recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]}
    schedule: ${schedule}
${more}`
const read = (schedule: string, more = '') => readConfig(written(schedule, more), '/etc/opsconsole.yaml')

test('what is told at a backup becomes schedules of its runbooks, beside the others', () => {
  const config = read(
    "{backup: '30 2 * * 1', verify: '0 5 * * *', drill: '0 6 * * 0', zone: Europe/Berlin, endWithin: 2h, prune: true}",
    'schedules: [{name: other, runbook: diagnose, every: 6h}]',
  )
  const common = {environment: 'production', zone: 'Europe/Berlin', catchUp: 'once', endWithin: 7_200_000}
  const answers = {yes: true, confirm: ['production'], enabled: true, startWithin: 600_000}
  expect(config.schedules.slice(1)).toMatchObject([
    {name: 'counter-backup', runbook: 'backup', cron: '30 2 * * 1', params: {backup: 'counter', prune: true}},
    {name: 'counter-verify', runbook: 'verify-backup', params: {backup: 'counter', all: true}},
    {name: 'counter-drill', runbook: 'dr-drill', params: {backup: 'counter', pick: 'random'}},
  ])
  for (const schedule of config.schedules.slice(1)) expect(schedule).toMatchObject({...common, ...answers})
  expect(config.schedules[0]?.name).toBe('other')
  // Taken once a week, so not too old after a day.
  expect(config.backups[0]?.rpo).toBe((7 * 24 + 2) * 3_600_000)
})

test('what cannot be is refused at the backup', () => {
  expect(() => read("{backup: '61 2 * * *'}")).toThrow(
    /backups\/0\/schedule\/backup: should be a schedule of five fields/,
  )
  expect(() => read("{backup: '1 2 * * *', zone: Berlin}")).toThrow('should be a time zone')
  expect(() => read("{copies: '1 2 * * *'}")).toThrow('is for a backup with copies')
  expect(() => read('{}')).toThrow('should say when')
  expect(() =>
    read("{backup: '1 2 * * *'}", 'schedules: [{name: counter-backup, runbook: diagnose, every: 6h}]'),
  ).toThrow('a schedule is called counter-backup already')
})
