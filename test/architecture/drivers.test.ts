import {existsSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {ROOT} from './sources.ts'

/** Where drivers live: one folder each. */
const KINDS = [
  'src/probes',
  'src/alerts/channels',
  'src/releases/traffic',
  'src/releases/instances',
  'src/backups/methods',
  'src/backups/storage',
]

const drivers = KINDS.flatMap(kind =>
  existsSync(path.join(ROOT, kind))
    ? readdirSync(path.join(ROOT, kind), {withFileTypes: true})
        .filter(entry => entry.isDirectory())
        .map(entry => `${kind}/${entry.name}`)
    : [],
)

describe('a driver is one folder', () => {
  test('there are drivers of every kind', () => {
    expect(KINDS.filter(kind => !drivers.some(driver => driver.startsWith(`${kind}/`)))).toEqual([])
  })

  test.each(drivers)('%s has an implementation and a test', driver => {
    const files = readdirSync(path.join(ROOT, driver))
    expect(files.filter(file => file.endsWith('.ts') && !/\.test\.ts$|^schema\.ts$/.test(file))).not.toEqual([])
    expect(files.filter(file => file.endsWith('.test.ts'))).not.toEqual([])
  })

  test.each(drivers.filter(driver => driver.startsWith('src/probes/')))('%s has its schema', driver => {
    expect(readdirSync(path.join(ROOT, driver))).toContain('schema.ts')
  })
})
