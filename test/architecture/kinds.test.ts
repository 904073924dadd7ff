import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {KINDS, kinds} from '../../src/config/kinds.ts'
import {ROOT} from './sources.ts'

test('every noun that declares itself is in the one list', () => {
  const declared = globSync('src/*/kind.ts', {cwd: ROOT}).map(file => path.basename(path.dirname(file)))
  expect(KINDS.map(({section}) => section).toSorted()).toEqual(declared.sort())
})

test('nouns are called differently', () => {
  for (const names of [kinds.map(({section}) => section), kinds.map(({target}) => target)])
    expect(new Set(names).size).toBe(names.length)
})

test('a kind shows entries that its own schema accepts', () => {
  for (const {examples, schema} of kinds)
    for (const example of examples) expect(schema.safeParse(example).error?.issues ?? []).toEqual([])
})

test('every noun has its pane and its command', () => {
  const panes = readFileSync(path.join(ROOT, 'src/tui/panes/registry.ts'), 'utf8')
  for (const {section} of kinds) {
    expect(panes).toContain(`./${section}.ts`)
    expect(globSync(`src/commands/${section}/list.ts`, {cwd: ROOT})).toHaveLength(1)
  }
})
