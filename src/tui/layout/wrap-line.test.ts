import {expect, test} from 'vitest'
import {type Line, line, span} from './line.ts'
import {wrapLine} from './wrap-line.ts'

const texts = (lines: readonly Line[]): readonly string[] => lines.map(each => each.map(part => part.text).join(''))

test('a line is broken at its spaces, and keeps its colours', () => {
  const failed: Line = [span('▲ ', 'bad'), span('pager  '), span('failed: HTTP 503', 'bad'), span('  03:11', 'dim')]
  expect(wrapLine(failed, 20)).toEqual([
    [span('▲ ', 'bad'), span('pager  '), span('failed:', 'bad')],
    [span('HTTP 503', 'bad'), span('  03:11', 'dim')],
  ])
  expect(wrapLine(failed, 40)).toEqual([failed])
})

test('a word that is too long is broken where it must be, a wide character never', () => {
  expect(texts(wrapLine(line('abcdefgh ij'), 4))).toEqual(['abcd', 'efgh', 'ij'])
  expect(texts(wrapLine(line('日本語サービス'), 5))).toEqual(['日本', '語サ', 'ービ', 'ス'])
})

test('only the last line that there is room for is cut', () => {
  expect(texts(wrapLine(line('one two three four five'), 8, 2))).toEqual(['one two', 'three f…'])
})

test('a text of which the rest is not even looked at ends in an ellipsis, where it fills its last line as well', () => {
  const title = 'Wait until blue is healthy, passes 3 smoke tests and fresh health checks of the load balancer'
  expect(texts(wrapLine(line(title), 34, 2))).toEqual([
    'Wait until blue is healthy, passes',
    '3 smoke tests and fresh health ch…',
  ])
  expect(texts(wrapLine(line(`ab ${'日本'.repeat(40)}`), 8, 2))).toEqual(['ab', '日本日… '])
})
