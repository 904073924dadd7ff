import {expect, test} from 'vitest'
import type {Maintenance} from './config.ts'
import {maintenanceOf} from './in-maintenance.ts'

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
