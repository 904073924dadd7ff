import {expect, test} from 'vitest'
import {lineDiff} from './diff.ts'

const numbers = (count: number): string => Array.from({length: count}, (_, index) => `line ${index + 1}`).join('\n')

test('the same text has no difference', () => {
  expect(lineDiff('a\nb', 'a\nb')).toEqual([])
})

test.each([
  ['a changed line', 'a\nb\nc', 'a\nB\nc', ['@ line 1', '  a', '- b', '+ B', '  c']],
  ['an added line', 'a\nc', 'a\nb\nc', ['@ line 1', '  a', '+ b', '  c']],
  ['a removed line', 'a\nb\nc', 'a\nc', ['@ line 1', '  a', '- b', '  c']],
  ['an added end', 'a', 'a\nb', ['@ line 1', '  a', '+ b']],
  ['everything', 'a', 'b', ['@ line 1', '- a', '+ b']],
])('%s is shown with what surrounds it', (_title, before, after, expected) => {
  expect(lineDiff(before, after)).toEqual(expected)
})

test('changes far from each other are apart, each with its line', () => {
  const before = numbers(30)
  const after = before.replace('line 3\n', 'three\n').replace('line 25\n', '')
  const found = lineDiff(before, after, {context: 1})
  expect(found).toEqual([
    '@ line 2',
    '  line 2',
    '- line 3',
    '+ three',
    '  line 4',
    '@ line 24',
    '  line 24',
    '- line 25',
    '  line 26',
  ])
})

test('a long difference is cut, and a huge one takes no time', () => {
  const found = lineDiff(numbers(5000), numbers(5000).replaceAll('line', 'row'), {most: 10})
  expect(found).toHaveLength(11)
  expect(found.at(-1)).toMatch(/^\(\d+ more lines/)
})
