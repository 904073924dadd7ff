import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {found, PHRASES} from './phrases.ts'
import {isTest, ROOT, readSources} from './sources.ts'

test('there are at least sixty of them', () => {
  expect(Object.keys(PHRASES).length).toBeGreaterThanOrEqual(60)
})

test('none is in a text of the program: help, errors, screens, runbooks', () => {
  const sources = readSources('src', 'runbooks').filter(({file}) => !isTest(file))
  expect(sources.flatMap(({file, text}) => found(file, text))).toEqual([])
})

test('none is in the documents', () => {
  const documents = ['README.md', 'CHANGELOG.md', ...globSync('docs/*.md', {cwd: ROOT})]
  expect(documents.flatMap(file => found(file, readFileSync(path.join(ROOT, file), 'utf8')))).toEqual([])
})
