import {readFileSync} from 'node:fs'
import {builtinModules} from 'node:module'
import path from 'node:path'
import {expect, test} from 'vitest'
import {isTest, readSources, ROOT, type Source} from './sources.ts'

const sources = readSources('src', 'test', 'scripts', 'runbooks')
const importers = new Map<string, Source[]>()
for (const source of sources)
  for (const {target} of source.imports) importers.set(target, [...(importers.get(target) ?? []), source])

const EXPORTED =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm
const count = (text: string, name: string): number => text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0

test('nothing is exported that neither its own file nor another one uses', () => {
  const dead = sources
    .filter(({file}) => file.startsWith('src/') && !isTest(file))
    .flatMap(({file, text}) =>
      [...text.matchAll(EXPORTED)]
        .map(([, name = '']) => name)
        .filter(name => count(text, name) === 1)
        .filter(name => !importers.get(file)?.some(importer => count(importer.text, name) > 0))
        .map(name => `${file}: ${name}`),
    )
  expect(dead).toEqual([])
})

test('no file of src stands alone: something imports each, or starts it', () => {
  const started = ['src/cli.ts', 'src/api.ts']
  const alone = sources
    .map(({file}) => file)
    .filter(file => file.startsWith('src/') && !isTest(file) && !started.includes(file) && !importers.has(file))
  // A process of its own is named by its file.
  const named = (file: string): boolean =>
    sources.some(({text}) => text.includes(path.basename(file)) || text.includes(`'${file}'`))
  expect(alone.filter(file => !named(file))).toEqual([])
})

const {dependencies, devDependencies, scripts} = JSON.parse(
  readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
) as Record<'dependencies' | 'devDependencies' | 'scripts', Record<string, string>>
const listed = Object.keys({...dependencies, ...devDependencies})
const config = readFileSync(path.join(ROOT, 'vitest.config.ts'), 'utf8')
const imported = new Set(
  [...sources.flatMap(({imports}) => imports), {own: false, target: /'(vitest)\/config'/.exec(config)?.[1] ?? ''}]
    .filter(({own}) => !own)
    .map(({target}) => /^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target),
)

/** Used without an import, and by what. */
const BY_OTHERS: Readonly<Record<string, string>> = {
  'oxlint-tsgolint': 'oxlint --type-aware',
  'dejavu-fonts-ttf': 'node_modules/dejavu-fonts-ttf',
}

test('every package of package.json is used', () => {
  const everything = [...Object.values(scripts), ...sources.map(({text}) => text)].join('\n')
  const unused = listed.filter(name => {
    if (imported.has(name) || name === '@types/node') return false
    if (name.startsWith('@types/')) return !imported.has(name.replace('@types/', ''))
    const by = BY_OTHERS[name]
    if (by !== undefined) return !everything.includes(by)
    const {bin = {}} = JSON.parse(readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as {
      bin?: Record<string, string> | string
    }
    const programs = typeof bin === 'string' ? [name] : Object.keys(bin)
    return !programs.some(program => count(Object.values(scripts).join('\n'), program) > 0)
  })
  expect(unused).toEqual([])
})

test('every package that is imported is in package.json', () => {
  const own = (name: string): boolean =>
    name === 'opsconsole' || name.startsWith('node:') || builtinModules.includes(name)
  expect([...imported].filter(name => /^[@a-z][\w@/.-]*$/.test(name) && !listed.includes(name) && !own(name))).toEqual(
    [],
  )
})
