import {expect, test} from 'vitest'
import {alertsSchema} from '../../alerts/config.ts'
import {KINDS} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import {coverageOf, coverageResult} from './coverage.ts'

const entry = (name: string, more: object = {}) => ({name, environment: 'shop', ...more})
const config = (more: object, alerts: object = {}): Config =>
  ({
    ...Object.fromEntries(KINDS.map(({section}) => [section, []])),
    ...more,
    alerts: alertsSchema.parse(alerts),
  }) as unknown as Config
const gaps = (...given: Parameters<typeof config>): readonly string[] =>
  coverageOf(config(...given)).gaps.map(({target, lacks}) => `${target} ${lacks}`)

test('what lacks something is named with what to write; what a noun cannot have is not counted', () => {
  const {nouns, gaps: found} = coverageOf(
    config({
      services: [entry('web', {objective: {}}), entry('api')],
      databases: [entry('shop'), entry('stats')],
      backups: [entry('daily', {database: 'shop'})],
      caches: [entry('sessions')],
    }),
  )
  expect(nouns).toEqual([
    {noun: 'services', targets: 2, probe: 2, rule: 2, runbook: 2, backup: null, objective: 1},
    {noun: 'databases', targets: 2, probe: 2, rule: 2, runbook: 2, backup: 1, objective: null},
    {noun: 'caches', targets: 1, probe: 1, rule: 1, runbook: 1, backup: null, objective: null},
    {noun: 'backups', targets: 1, probe: 1, rule: 1, runbook: 1, backup: null, objective: null},
  ])
  expect(found).toMatchObject([
    {target: 'service/shop/api', lacks: 'objective', fix: 'services: api: objective'},
    {target: 'database/shop/stats', lacks: 'backup', fix: 'backups: add one with database: stats'},
  ])
})

test('a backup or service of another environment covers nothing', () => {
  const elsewhere = {environment: 'test'}
  expect(gaps({databases: [entry('shop')], backups: [entry('daily', {database: 'shop', ...elsewhere})]})).toEqual([
    'database/shop/shop backup',
  ])
  expect(gaps({releases: [entry('web')], services: [entry('web', {objective: {}, ...elsewhere})]})).toContain(
    'release/shop/web probe',
  )
  expect(gaps({releases: [entry('web')], services: [entry('web', {objective: {}})]})).not.toContain(
    'release/shop/web probe',
  )
})

test('a critical alert without a runbook is a gap', () => {
  const heartbeats = [entry('nightly')]
  expect(gaps({heartbeats})).toEqual(['heartbeat/shop/nightly runbook'])
  const rules = [{name: 'down', on: ['heartbeat/nightly'], runbook: {name: 'backup'}}]
  expect(gaps({heartbeats}, {rules})).toEqual([])
})

test('where every rule is off, nobody hears of it', () => {
  const off = ['down', 'degraded', 'no data', 'hit rate'].map(name => ({name, on: ['cache/*'], off: true}))
  expect(gaps({caches: [entry('sessions')]}, {rules: off})).toEqual(['cache/shop/sessions rule'])
})

test('people read a table and what to do', () => {
  const {text} = coverageResult(config({databases: [entry('stats')]}))
  expect(text).toMatch(/^NOUN +TARGETS +PROBE +RULE +RUNBOOK +BACKUP +OBJECTIVE *\ndatabases +1 +1 +1 +1 +0 +–/)
  expect(text).toContain('database/shop/stats has no backup: no backup is of it\n  → backups: add one')
  expect(coverageResult(config({})).text).toBe('Nothing is configured.')
})
