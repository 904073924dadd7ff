import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Block, Line} from './line.ts'
import {beside, fitBlock, fitLine, line, lineWidth, overlay, span, spread} from './line.ts'

const text = (spans: Line): string => spans.map(each => each.text).join('')
const anyLine = fc
  .array(fc.string({unit: 'grapheme', maxLength: 12}), {maxLength: 4})
  .map(parts => parts.map(part => span(part)))

describe('fitLine', () => {
  test.each([
    ['pads on the right', line('up'), 5, 'left' as const, 'up   '],
    ['pads on the left', line('12ms'), 6, 'right' as const, '  12ms'],
    ['cuts with an ellipsis', line('checkout'), 5, 'left' as const, 'chec…'],
    ['cuts over several spans', [span('ab'), span('cdef')], 4, 'left' as const, 'abc…'],
    ['does not cut a wide character in half', line('日本語'), 4, 'left' as const, '日… '],
  ])('%s', (_, spans, width, align, expected) => {
    expect(text(fitLine(spans, width, align))).toBe(expected)
  })

  test('gives exactly the width that was asked for, whatever the text', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({min: 0, max: 40}), (spans, width) => {
        expect(lineWidth(fitLine(spans, width))).toBe(width)
      }),
    )
  })
})

test('spread keeps the right part whole and one space between', () => {
  expect(text(spread(line('a long left part'), line('right'), 12))).toBe('a lon… right')
})

test('blocks side by side are as high as the highest and exactly as wide as their parts', () => {
  const block = beside(
    [
      {block: [line('a')], width: 3},
      {block: [line('b'), line('c')], width: 2},
    ],
    1,
  )
  expect(block.map(text)).toEqual(['a   b ', '    c '])
})

test('an overlay keeps the width of every line, also over wide characters', () => {
  fc.assert(
    fc.property(anyLine, fc.integer({min: 0, max: 20}), fc.integer({min: 1, max: 10}), (spans, x, width) => {
      const below: Block = fitBlock([spans, spans, spans], 40, 3)
      const above: Block = fitBlock([line('日本dialog')], width, 1)
      for (const each of overlay(below, above, {x, y: 1})) expect(lineWidth(each)).toBe(40)
    }),
  )
})
