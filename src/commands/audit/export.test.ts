import {expect, test} from 'vitest'
import {cell} from './export.ts'

test.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1', ' =1', '\r\n=1', '\uff1d1', '\uff0b1', '\uff0d1', '\uff201'])(
  '%j does not become a formula in a spreadsheet',
  text => expect(cell(text)).toMatch(/^"?[\s]*'/),
)

test.each(['a,=1', 'a;=1', 'a|+1', 'a\n@x', 'a\t-1', 'a, =1', 'a;"=1"'])(
  '%j does not where the cell is split again',
  text => expect(cell(text)).toMatch(/'[=+\-@]/),
)

test.each([
  ['plain', 'plain'],
  ['a-b', 'a-b'],
  ['a"b', '"a""b"'],
  [undefined, ''],
  [7, '7'],
])('%j is written as %j', (value, written) => expect(cell(value)).toBe(written))
