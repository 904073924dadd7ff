import {expect, test} from 'vitest'
import {isTest, readSources} from './sources.ts'

const sources = readSources('src', 'runbooks', 'scripts', 'test', 'bin')

const sizes = sources
  .filter(({file}) => file.startsWith('src/') && !isTest(file))
  .map(({file, lines}) => ({file, lines}))
  .sort((one, other) => one.lines - other.lines)
/** So many of a hundred source files are no longer than this. */
const percentile = (share: number): number => sizes[Math.floor((sizes.length - 1) * (share / 100))]?.lines ?? 0

test('a source file is about one thing: none is over 350 lines, half of them under 80, nine of ten under 200', () => {
  expect(sizes.filter(({lines}) => lines > 350)).toEqual([])
  expect(percentile(50)).toBeLessThanOrEqual(80)
  expect(percentile(90)).toBeLessThanOrEqual(200)
})

test('what surrounds the sources stays readable too: no test or script over 400 lines', () => {
  expect(sources.filter(({lines}) => lines > 400).map(({file, lines}) => `${file}: ${lines}`)).toEqual([])
})

test('folders and files are named after the domain, never after what code is made of', () => {
  const empty = /^(utils?|helpers?|common|types?|services?|managers?|misc|shared|lib)$/
  const bad = sources.filter(({file}) => file.split('/').some(part => empty.test(part.replace(/\..*$/, ''))))
  // Services are a noun of the product: their room, their command, their screen.
  const allowed = /^src\/(services|commands\/services|tui\/(panes|screens)\/services?)\b/
  expect(bad.map(({file}) => file).filter(file => !allowed.test(file))).toEqual([])
})

test('file names are kebab case, components PascalCase', () => {
  const bad = sources.filter(({file}) => {
    const name = (file.split('/').at(-1) ?? '').replace(/((\.server)?\.test)?\.(tsx?|mjs)$/, '')
    if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return false
    return !(file.endsWith('.tsx') || isTest(file)) || !/^[A-Z][A-Za-z0-9]*$/.test(name)
  })
  expect(bad.map(({file}) => file)).toEqual([])
})

test('only runbooks and tool configuration have default exports', () => {
  // Tests write runbooks as text.
  const allowed = (file: string): boolean => file.startsWith('runbooks/') || isTest(file)
  const bad = sources.filter(({file, text}) => !allowed(file) && /^export default\b/m.test(text))
  expect(bad.map(({file}) => file)).toEqual([])
})

test('no module holds state that changes', () => {
  const bad = sources.filter(
    ({file, text}) => file.startsWith('src/') && !isTest(file) && /^(export )?(let|var)\b/m.test(text),
  )
  expect(bad.map(({file}) => file)).toEqual([])
})

test('no test replaces a module or is left out', () => {
  const escape = /\bvi\.(mock|doMock)\(|\b(test|it|describe)\.(only|todo)\(/
  expect(sources.filter(({file, text}) => isTest(file) && escape.test(text)).map(({file}) => file)).toEqual([])
})
