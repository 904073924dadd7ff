import {describe, expect, test} from 'vitest'
import {circlesOf} from './circles.ts'
import {FLOORS, floorOf, mayUse, WORDS} from './floors.ts'
import {isTest, readSources, roomOf, type Source} from './sources.ts'

const sources = readSources('src').filter(({file}) => !isTest(file))
/** Every import of our own, types and dynamic ones included. */
const arrows = sources.flatMap(({file, imports}) =>
  imports.filter(({own, target}) => own && target.startsWith('src/')).map(({target}) => ({file, target})),
)

describe('imports go one way', () => {
  test('every room of src is on one floor, and no floor has a room that is not there', () => {
    expect(sources.map(({file}) => file).filter(file => floorOf(file) === undefined)).toEqual([])
    const rooms = new Set(sources.map(({file}) => roomOf(file)))
    expect(FLOORS.flat().filter((room, index, all) => !rooms.has(room) || all.indexOf(room) !== index)).toEqual([])
    expect(Object.keys(WORDS).filter(file => !sources.some(source => source.file === file))).toEqual([])
  })

  test('a room uses only the floors below it, types included', () => {
    const against = arrows.filter(({file, target}) => !mayUse(file, target))
    expect(against.map(({file, target}) => `${file} → ${target}`)).toEqual([])
  })

  test('there are no circles, types included', () => {
    const graph = new Map(sources.map(({file}) => [file, [] as string[]]))
    for (const {file, target} of arrows) graph.get(file)?.push(target)
    expect(circlesOf(graph)).toEqual([])
  })

  test('circles are found, however long and whoever begins', () => {
    const graph = {a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: [], f: ['f'], g: ['e', 'a']}
    expect(circlesOf(new Map(Object.entries(graph)))).toEqual([['a', 'b', 'c'], ['f']])
  })

  test('nobody knows the lab but its commands', () => {
    const bad = arrows.filter(({file, target}) => roomOf(target) === 'lab' && !/^src\/(lab|commands\/lab)\//.test(file))
    expect(bad).toEqual([])
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

test('only one room starts programs', () => {
  const starters = /^(node:child_process|execa)$/
  const bad = sources.filter(
    ({file, imports}) =>
      roomOf(file) !== 'processes' && imports.some(({target, typeOnly}) => !typeOnly && starters.test(target)),
  )
  expect(bad.map(({file}) => file)).toEqual([])
})
