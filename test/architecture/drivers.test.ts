import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {channels} from '../../src/alerts/channels/registry.ts'
import {methods} from '../../src/backups/methods/registry.ts'
import {storages} from '../../src/backups/storage/registry.ts'
import {probes} from '../../src/probes/registry.ts'
import {instanceDrivers} from '../../src/releases/instances/registry.ts'
import {trafficDrivers} from '../../src/releases/traffic/registry.ts'
import {ROOT} from './sources.ts'

/** Where drivers live: one folder each, beside the registry of their kind. */
const REGISTRIES = {
  'src/probes': probes,
  'src/alerts/channels': channels,
  'src/backups/methods': methods,
  'src/backups/storage': storages,
  'src/releases/traffic': trafficDrivers,
  'src/releases/instances': instanceDrivers,
}

const foldersOf = (kind: string): string[] =>
  readdirSync(path.join(ROOT, kind), {withFileTypes: true})
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
const pairs = (kinds: readonly string[]): [string, string][] =>
  kinds.flatMap(kind => foldersOf(kind).map((name): [string, string] => [kind, name]))

describe('a driver is one folder', () => {
  test('there are drivers of every kind', () => {
    expect(Object.keys(REGISTRIES).filter(kind => foldersOf(kind).length === 0)).toEqual([])
  })

  test.each(pairs(Object.keys(REGISTRIES)))('%s/%s has its definition, its schema and a test', (kind, name) => {
    const files = readdirSync(path.join(ROOT, kind, name))
    expect(files).toEqual(expect.arrayContaining(['driver.ts', 'schema.ts']))
    expect(files.filter(file => file.endsWith('.test.ts'))).not.toEqual([])
  })

  test.each(Object.entries(REGISTRIES))(
    '%s: the registry has every folder, each under its own name',
    (kind, registry) => {
      expect([...registry.types].sort()).toEqual(foldersOf(kind).sort())
      const text = readFileSync(path.join(ROOT, kind, 'registry.ts'), 'utf8')
      for (const name of registry.types) expect(text).toContain(`'./${name}/driver.ts'`)
    },
  )
})
