import {expect, test} from 'vitest'
import {fill, wordsIn} from './fill.ts'

test('words in braces are filled in; those without a value stay as they are written', () => {
  expect(fill('{name} in {environment}, {kind}', {name: 'web', environment: 'lab', kind: undefined})).toBe(
    'web in lab, {kind}',
  )
  expect(fill('{"a": 1} {constructor}', {})).toBe('{"a": 1} {constructor}')
  expect(wordsIn('{name} {name} {"a"} {last-one}')).toEqual(['name', 'last-one'])
})
