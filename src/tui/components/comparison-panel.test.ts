import {expect, test} from 'vitest'
import type {Comparison} from '../../kinds/comparison.ts'
import {comparisonPanel} from './comparison-panel.ts'

const comparison: Comparison = {
  sides: ['stable 1.0.0', 'canary 1.2.0'],
  figures: [
    {name: 'requests', values: ['236.0/s', '12.4/s'], over: false},
    {name: 'errors', values: ['1.0%', '7.1%'], limit: '5.0%', over: true},
  ],
  evidence: [0, 0.2, 0.5, 0.9],
  stepMs: 1000,
  at: Date.UTC(2026, 0, 1, 3, 12),
  verdict: {word: 'inconclusive', reason: 'not proved yet; 40 more seconds at this traffic'},
}
const text = (height: number, width = 80): readonly string[] =>
  comparisonPanel(comparison, {width, height}).map(line =>
    line
      .map(span => span.text)
      .join('')
      .trimEnd(),
  )

test('old and new stand side by side with the limit, and the verdict in words below', () => {
  expect(text(6)).toEqual([
    '            stable 1.0.0    canary 1.2.0    limit',
    'requests         236.0/s          12.4/s',
    'errors              1.0%            7.1%     5.0%',
    '◌ inconclusive  not proved yet; 40 more seconds at this traffic',
  ])
})

test('where there is room the evidence is drawn on its way to the bound', () => {
  const drawn = text(20)
  expect(drawn[3]).toBe('evidence against the new version')
  // The bound is the top of the scale: nothing that has not reached it stands there.
  expect(drawn[4]).toMatch(/^ +stop┤/)
  expect(drawn.at(-1)).toMatch(/^◌ inconclusive/)
})

test('a figure over its limit stands out in more than colour: the limit is beside it', () => {
  const [, , errors] = comparisonPanel(comparison, {width: 80, height: 6})
  expect(errors?.find(span => span.text.includes('7.1%'))?.tone).toBe('bad bold')
})

test('half of a small screen shows both versions whole, and the verdict goes on below', () => {
  expect(text(8, 40)).toEqual([
    '         stable 1.0.0 canary 1.2.0 limit',
    'requests      236.0/s       12.4/s',
    'errors           1.0%         7.1%  5.0%',
    '◌ inconclusive  not proved yet; 40 more',
    'seconds at this traffic',
  ])
})
