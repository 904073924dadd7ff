import {expect, test} from 'vitest'
import {parseInvocation} from './parse.ts'
import {readParameters} from './run/parameters.ts'

/** Every object of JavaScript answers to these names. */
const INHERITED = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf']

test.each(INHERITED)('`opsconsole %s` is not a command, and said to be none', async word => {
  await expect(parseInvocation([word])).rejects.toMatchObject({code: 'usage/arguments'})
  await expect(parseInvocation([word, 'list'])).rejects.toMatchObject({code: 'usage/arguments'})
})

test('a parameter that would be dropped without a word is refused', async () => {
  await expect(readParameters({param: ['__proto__=x']}, {})).rejects.toMatchObject({code: 'usage/arguments'})
  expect(await readParameters({param: ['version=a=b', 'constructor=c']}, {})).toEqual({
    version: 'a=b',
    constructor: 'c',
  })
})
