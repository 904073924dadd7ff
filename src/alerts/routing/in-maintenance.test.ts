import {expect, test} from 'vitest'
import type {Maintenance} from './config.ts'
import {handMaintenanceOf, maintenanceOf} from './in-maintenance.ts'
import {maintenanceHere} from './maintenance.ts'
import type {Silence} from './silence.ts'

const NIGHT = Date.UTC(2026, 10, 29, 3, 10)
const nightly = (more: Partial<Maintenance>): Maintenance => ({
  name: 'patching',
  cron: '0 3 * * *',
  zone: 'UTC',
  for: 1_800_000,
  ...more,
})

test('a target is in maintenance while a window about all of it is open', () => {
  const holds = maintenanceOf([nightly({on: ['service/web*'], environments: ['production']})])
  expect(holds('service/production/web1', NIGHT)).toBe(true)
  expect(holds('service/production/web1', NIGHT - 15 * 60_000)).toBe(false)
  expect(holds('service/production/web1', NIGHT + 25 * 60_000)).toBe(false)
  expect(holds('service/staging/web1', NIGHT)).toBe(false)
  expect(holds('cache/production/web1', NIGHT)).toBe(false)
  expect(maintenanceOf([nightly({})])('cache/staging/any', NIGHT)).toBe(true)
})

test('a window about some alerts is not about the target', () => {
  for (const part of [{rules: ['down']}, {severities: ['info' as const]}, {labels: {team: 'shop'}}])
    expect(maintenanceOf([nightly(part)])('service/production/web', NIGHT)).toBe(false)
})

const HOUR = 3_600_000
const byHand = (more: Partial<Silence> = {}): Silence => ({
  id: 'm1',
  maintenance: true,
  matcher: {on: ['service/web'], environments: ['production']},
  author: 'ann',
  reason: 'patching',
  createdAt: NIGHT,
  endsAt: NIGHT + HOUR,
  ...more,
})

test('what was started by hand counts from its beginning to its end, also when it was ended early and is over', () => {
  const holds = handMaintenanceOf(() => [
    byHand({expired: {by: 'ann', at: NIGHT + 1000}}),
    byHand({maintenance: undefined}),
  ])
  const at = (moment: number): boolean => holds('service/production/web', moment)
  expect([at(NIGHT - 1), at(NIGHT), at(NIGHT + 999), at(NIGHT + 1000)]).toEqual([false, true, true, false])
  expect(holds('service/production/api', NIGHT)).toBe(false)
  expect(at(NIGHT)).toBe(true)
})

test('what is open in an environment is said once, by what ends last', () => {
  const here = (environment: string, now = NIGHT) =>
    maintenanceHere([nightly({environments: ['staging']})], [byHand()], environment, now)
  expect(here('production')).toMatch(/^maintenance of service\/web by ann \(patching\) until .*04:10 UTC$/)
  expect(here('staging')).toMatch(/^maintenance patching until .*03:30 UTC$/)
  expect(here('production', NIGHT + HOUR)).toBeUndefined()
  expect(here('dev')).toBeUndefined()
  const more = maintenanceHere([nightly({})], [byHand()], 'production', NIGHT)
  expect(more).toMatch(/04:10 UTC, and 1 more$/)
})
