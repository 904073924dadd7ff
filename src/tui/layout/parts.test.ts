import {expect, test} from 'vitest'
import {type Line, line} from './line.ts'
import {joinParts, wholeParagraphs} from './parts.ts'

const text = (each: Line): string => each.map(part => part.text).join('')

test('a part is said whole or not at all, the first ones before the last', () => {
  const list = [line('52k keys'), line('18 evicted/s', 'warn'), line('17 clients')]
  expect(text(joinParts(list, 40))).toBe('52k keys · 18 evicted/s · 17 clients')
  expect(text(joinParts(list, 30))).toBe('52k keys · 18 evicted/s')
  expect(text(joinParts(list, 8))).toBe('52k keys')
  expect(joinParts([], 8)).toEqual([])
})

test('where not all paragraphs fit, those that do are whole: no half chart stands at the bottom', () => {
  const lines = ['state', 'reason', '', 'Latency', 'chart', 'axis'].map(each => (each === '' ? [] : line(each)))
  expect(wholeParagraphs(lines, 6)).toHaveLength(6)
  expect(wholeParagraphs(lines, 5).map(text)).toEqual(['state', 'reason'])
  // Of one that alone is too long, what fits.
  expect(wholeParagraphs(lines, 1).map(text)).toEqual(['state'])
})
