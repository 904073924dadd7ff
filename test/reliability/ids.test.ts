import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {readSources, ROOT} from '../architecture/sources.ts'
import {SAMPLED} from './sample.ts'

const sources = readSources('src', 'test').filter(({file}) => !file.startsWith('test/reliability/sample.ts'))
const used = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:countOf|isFull)\('([^']+)'\)/g)].map(([, id = '']) => id)

test('every id of ids.json is counted by a test, and every count is in ids.json', () => {
  const ids = new Set(sources.flatMap(({text}) => used(text)))
  expect([...ids].sort()).toEqual(Object.keys(SAMPLED).sort())
})

test('each id is in the file that ids.json names, or in what that file imports, and its title is there', () => {
  for (const [id, {file, title}] of Object.entries(SAMPLED)) {
    const source = sources.find(each => each.file === file)
    const imports = source?.imports.map(({target}) => sources.find(each => each.file === target)?.text ?? '') ?? []
    expect({id, file, used: [source?.text ?? '', ...imports].some(text => used(text).includes(id))}).toEqual({
      id,
      file,
      used: true,
    })
    for (const each of title.split('|')) expect(readFileSync(path.join(ROOT, file), 'utf8')).toContain(each)
  }
})

test('no test reads a size or a seed past ids.json', () => {
  const past = sources.filter(({text}) => /process\.env\['OPSCONSOLE_TEST_(?:FULL|COUNT|SEED)'\]/.test(text))
  expect(past.map(({file}) => file)).toEqual([])
})

test('a sample is smaller than the whole, and a batch is a part of it', () => {
  for (const [id, {sample, full, batch}] of Object.entries(SAMPLED)) {
    if (typeof full === 'number') expect({id, less: Number(sample) < full}).toEqual({id, less: true})
    if (batch !== undefined)
      expect({id, part: typeof full === 'number' && full % batch === 0}).toEqual({id, part: true})
  }
})
