import {expect, test} from 'vitest'
import {type Line, SPOKEN} from '../layout/line.ts'
import type {ShownSeries} from '../state/world.ts'
import {figureChart} from './figure-chart.ts'

const NOW = 1_700_000_000_000
const textOf = (line: Line): string => line.map(({text}) => text).join('')
const series: ShownSeries = {
  noun: 'alerts',
  name: '1',
  range: '1h',
  values: [0.9, 0.4, 0.3, undefined, 0.8],
  at: NOW,
  stepMs: 30_000,
  figure: {title: 'Hit rate', measurement: 'hitRate', limit: 0.5, worse: 'below'},
}
const spoken = (shown: ShownSeries): string => figureChart(shown, {now: NOW, width: SPOKEN}).map(textOf).join('\n')

test('a chart says which figure it is, and on which side of the limit it is a breach', () => {
  expect(spoken(series)).toContain('Hit rate')
  expect(spoken(series)).toContain('below 50% is a breach')
  expect(spoken(series)).toContain('2 of 4 below the threshold of 50%')
})

test('below the limit stands out where below is bad, and the limit is on the axis', () => {
  const lines = figureChart({...series, values: [0.1, 0.1, 0.1]}, {now: NOW, width: 80})
  const spans = lines.flat()
  expect(spans.filter(({tone}) => tone === 'warn bold').length).toBeGreaterThan(0)
  expect(lines.map(textOf).some(text => /50%\s*┤/.test(text))).toBe(true)
  const good = figureChart({...series, values: [0.9, 0.9, 0.9]}, {now: NOW, width: 80}).flat()
  expect(good.filter(({tone}) => tone === 'warn bold')).toEqual([])
})

test('where no figure is kept, the reason stands in the place of the chart', () => {
  const lines = figureChart({...series, values: [], missing: 'Its rule judges a state.'}, {now: NOW, width: 80})
  expect(lines.map(textOf).join('\n')).toContain('Its rule judges a state.')
  expect(lines).toHaveLength(2)
})
