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

test('of the percentiles the 95th stays where there is little room', () => {
  const p = (name: string, minor?: true) => ({
    name,
    values: ['1ms', '2ms'] as const,
    over: false,
    ...(minor && {minor}),
  })
  const all = {...comparison, figures: [p('p50', true), p('p95'), p('p99', true)]}
  const names = (height: number): readonly string[] =>
    comparisonPanel(all, {width: 80, height}).flatMap(([name]) =>
      /^p\d/.test(name?.text ?? '') ? [name?.text ?? ''] : [],
    )
  expect([names(4), names(5)].map(rows => rows.map(name => name.trim()))).toEqual([['p95'], ['p50', 'p95', 'p99']])
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
