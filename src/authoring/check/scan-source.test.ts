import {expect, test} from 'vitest'
import {placeOf, scanSource} from './scan-source.ts'

const kinds = (source: string): readonly string[] =>
  scanSource(source).tokens.map(token => `${token.kind} ${token.text}`)

test.each([
  ['const a = 1.5', ['word const', 'word a', 'punct =', 'number 1.5']],
  [`'it\\'s' "a\\"b"`, [`string 'it\\'s'`, `string "a\\"b"`]],
  ['a / b / c', ['word a', 'punct /', 'word b', 'punct /', 'word c']],
  ['x = /[/`]\\//g', ['word x', 'punct =', 'regex /[/`]\\//g']],
  ['return /`/', ['word return', 'regex /`/']],
  ['f(1) / 2', ['word f', 'punct (', 'number 1', 'punct )', 'punct /', 'number 2']],
  ["a // it's `\nb", ['word a', 'word b']],
  ['a /* ` */ b', ['word a', 'word b']],
  ['`a ${b} c`', ['template `a ${b} c`']],
  ['`a \\${b} \\` c`', ['template `a \\${b} \\` c`']],
  ['...x?.y', ['punct ...', 'word x', 'punct ?.', 'word y']],
  ["'not ended\nnext", ["string 'not ended\n", 'word next']],
])('%j', (source, wanted) => {
  expect(kinds(source)).toEqual(wanted)
})

test('values of a template are scanned too, however deep', () => {
  const source = "$`a ${f({x: `in ${'}'} /* ${y} */`}, '`')} b ${/* ` } */ z}`"
  const [, template, ...rest] = scanSource(source).tokens
  expect(rest).toEqual([])
  expect(template?.pieces).toEqual(['a ', ' b ', ''])
  expect(template?.values?.map(value => value.text)).toEqual(["f({x: `in ${'}'} /* ${y} */`}, '`')", '/* ` } */ z'])
  expect(template?.values?.[0]?.tokens.find(token => token.kind === 'template')?.values).toHaveLength(2)
})

test.each(['`', '`${', '`${`', '/', '/*', '\\', "'", '`${{', '}', '#!/usr/bin/env node', '\ud800'])(
  'a source that ends in the middle of something is scanned to its end: %j',
  source => {
    expect(() => scanSource(source)).not.toThrow()
  },
)

test('places count from 1', () => {
  expect(placeOf('ab\ncd', 0)).toEqual({line: 1, column: 1})
  expect(placeOf('ab\ncd', 4)).toEqual({line: 2, column: 2})
})
