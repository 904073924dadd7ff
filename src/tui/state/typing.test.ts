import {expect, test} from 'vitest'
import {insert, nothingTyped, pasted, typedText} from './typing.ts'

test('a paste is one line of at most 500 letters, however long it is', () => {
  expect(pasted(nothingTyped, `one\r\ntwo\tthree\x1b[31m\x00${'x'.repeat(1_000_000)}`)).toEqual(
    typedText(`one two three [31m ${'x'.repeat(481)}`),
  )
})

test('where a text has no more room it ends with a whole character', () => {
  const full = insert(typedText('a'), '👍'.repeat(1000))
  expect(full.text.length).toBe(499)
  expect(full.text.isWellFormed()).toBe(true)
  expect(insert(typedText('x'.repeat(499)), '👍')).toEqual(typedText('x'.repeat(499)))
  expect(insert(typedText('x'.repeat(500)), 'y')).toEqual(typedText('x'.repeat(500)))
})
