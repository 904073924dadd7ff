import {describe, expect, test} from 'vitest'
import {type Import, isTest, readSources, roomOf, type Source} from './sources.ts'

/** Rooms that anyone may use and that use only each other. */
const LEAVES = ['errors', 'units', 'text', 'processes', 'identity', 'connections', 'files', 'kinds']
const DOMAINS = [
  'admission',
  'monitors',
  'probes',
  'services',
  'alerts',
  'caches',
  'databases',
  'backups',
  'releases',
  'runbooks',
  'audit',
  'drills',
  'lab',
  'overview',
  'authoring',
  'shell',
]
/** Top-level files of `src` put the rooms together. */
const COMPOSITION = ['app', 'cli', 'api']

const sources = readSources('src').filter(({file}) => !isTest(file))

function violations(rooms: readonly string[], forbidden: (source: Source, imported: Import) => boolean): string[] {
  return sources
    .filter(({file}) => rooms.includes(roomOf(file)))
    .flatMap(source =>
      source.imports
        .filter(imported => imported.own && imported.target.startsWith('src/') && forbidden(source, imported))
        .map(({target, typeOnly}) => `${source.file} → ${target}${typeOnly ? ' (type)' : ''}`),
    )
}

/** Fields are what every section's schema is made of; samples are the words in which all rooms speak of targets. */
const WORDS = ['src/config/fields.ts', 'src/config/environment.ts', 'src/monitors/sample.ts', 'src/monitors/rows.ts']
const isLeaf = (target: string): boolean => LEAVES.includes(roomOf(target)) || WORDS.includes(target)

describe('imports go one way', () => {
  test('every file of src stands in a known room', () => {
    const rooms = [...LEAVES, ...DOMAINS, ...COMPOSITION, 'config', 'runs', 'store', 'commands', 'tui']
    expect([...new Set(sources.map(({file}) => roomOf(file)))].filter(room => !rooms.includes(room))).toEqual([])
  })

  test('leaf rooms use only leaf rooms', () => {
    expect(violations(LEAVES, (_, {target}) => !isLeaf(target))).toEqual([])
    const words = sources.filter(({file}) => WORDS.includes(file))
    expect(words.flatMap(({imports}) => imports.filter(({own, target}) => own && !isLeaf(target)))).toEqual([])
  })

  test('domain rooms use leaf rooms, their own code, and types of each other', () => {
    // Registries answer for their drivers; and a section's schema is made of others.
    const schemas = (source: Source, target: string): boolean =>
      target.endsWith('/registry.ts') || (source.file.endsWith('/config.ts') && /\/(schema|config)\.ts$/.test(target))
    const bad = violations(DOMAINS, (source, {target, typeOnly}) => {
      const room = roomOf(target)
      if (isLeaf(target) || room === roomOf(source.file)) return false
      // Runbooks work through the shell; what authors get stands above the engine.
      if (room === 'shell' || (roomOf(source.file) === 'authoring' && room === 'runbooks')) return false
      if (typeOnly && (DOMAINS.includes(room) || room === 'config')) return false
      // What a runbook asks before it starts is what the gate would want said.
      if (room === 'admission' && roomOf(source.file) === 'runbooks') return false
      return !(DOMAINS.includes(room) && schemas(source, target))
    })
    expect(bad).toEqual([])
  })

  test('the configuration room uses leaf rooms and the schemas of the owners', () => {
    const bad = violations(['config'], (_, {target, typeOnly}) => {
      if (isLeaf(target) || roomOf(target) === 'config') return false
      return !(DOMAINS.includes(roomOf(target)) && (typeOnly || /\/(config|schema|registry)\.ts$/.test(target)))
    })
    expect(bad).toEqual([])
  })

  test('the store uses leaf rooms and the domain, never the windows on it', () => {
    const rooms = [...DOMAINS, 'runs', 'store']
    const bad = violations(['store'], (_, {target, typeOnly}) => {
      if (isLeaf(target) || rooms.includes(roomOf(target))) return false
      return !(typeOnly && roomOf(target) === 'config')
    })
    expect(bad).toEqual([])
  })

  test.each([
    ['runs', ['store', 'commands', 'tui', ...COMPOSITION]],
    ['commands', ['store', 'tui', ...COMPOSITION]],
    ['tui', ['store', 'commands', ...COMPOSITION]],
  ])('%s never uses %j', (room, forbidden) => {
    expect(violations([room], (_, {target}) => forbidden.includes(roomOf(target)))).toEqual([])
  })
})

describe('Ink stays on its side', () => {
  const uses = (packages: RegExp) => (source: Source) =>
    source.imports.some(({own, target}) => !own && packages.test(target))

  test('only tui imports ink and react', () => {
    const bad = sources.filter(uses(/^(ink|react)(\/|$)/)).filter(({file}) => roomOf(file) !== 'tui')
    expect(bad.map(({file}) => file)).toEqual([])
  })

  test('the command line does not load ink', () => {
    const byFile = new Map(sources.map(source => [source.file, source]))
    const loaded = new Map<string, string>([['src/cli.ts', 'src/cli.ts']])
    const packages = new Map<string, string>()
    for (const [file, way] of loaded) {
      for (const {target, own, typeOnly, dynamic} of byFile.get(file)?.imports ?? []) {
        // The console itself is loaded on demand, and only when there is a terminal.
        if (typeOnly || (dynamic && roomOf(target) === 'tui')) continue
        if (!own) packages.set(target, way)
        else if (!loaded.has(target)) loaded.set(target, `${way} → ${target}`)
      }
    }
    const heavy = [...packages].filter(([name]) => /^(ink|react|yoga-layout|react-reconciler)(\/|$)/.test(name))
    expect(heavy).toEqual([])
    expect(loaded.size).toBeGreaterThan(50)
  })
})

test('only the command line ends the process', () => {
  // The lab's application, instance command and load generator are programs of their own.
  const programs = /^src\/(cli\.ts|lab\/(app|instance|load)\/main\.ts)$/
  const bad = sources.filter(
    ({file, text}) => /\bprocess\.(exit|reallyExit|abort)\(/.test(text) && !programs.test(file),
  )
  expect(bad.map(({file}) => file)).toEqual([])
})

test('CommonJS packages that are loaded on demand are taken by their default export', () => {
  // Node finds their named exports, the bundle does not.
  const named = /import\('(ioredis|pg|prom-client)'\)(?!\)\.default)/
  const bad = sources.filter(({text}) => text.split('\n').some(line => named.test(line) && !/typeof import/.test(line)))
  expect(bad.map(({file}) => file)).toEqual([])
})
