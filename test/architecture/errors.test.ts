import {expect, test} from 'vitest'
import {CATALOGUE, EXIT} from '../../src/errors.ts'
import {isTest, readSources} from './sources.ts'

const codes = Object.keys(CATALOGUE)

test('the error catalogue is in alphabetical order', () => {
  expect(codes).toEqual([...codes].sort())
})

test('every code of the catalogue is raised somewhere', () => {
  const sources = readSources('src', 'runbooks').filter(({file}) => !isTest(file) && file !== 'src/errors.ts')
  const text = sources.map(source => source.text).join('\n')
  const own =
    readSources('src')
      .find(({file}) => file === 'src/errors.ts')
      ?.text.split('export class OpsError')[1] ?? ''
  expect(codes.filter(code => !text.includes(`'${code}'`) && !own.includes(`'${code}'`))).toEqual([])
})

test('meanings are sentences for people', () => {
  for (const {meaning} of Object.values(CATALOGUE)) expect(meaning).toMatch(/^[A-Z].*\.$/)
})

test('exit codes are the documented ones', () => {
  expect(EXIT).toEqual({
    done: 0,
    failed: 1,
    usage: 2,
    undone: 3,
    undoFailed: 4,
    aborted: 5,
    locked: 6,
    refused: 7,
    suspended: 8,
    unknown: 9,
    untrusted: 10,
    unproven: 11,
    internal: 70,
  })
})
