import {expect, test} from 'vitest'
import {opened, press} from '../../../test/tui/keys.ts'
import {truncateMiddle} from '../layout/text.ts'
import {servicesPane} from '../panes/services.ts'
import {frame} from '../screens/frame.ts'
import {listed} from './lists.ts'
import {sortRows} from './sort.ts'
import type {UiState} from './ui.ts'

const sorted = (values: readonly string[], down = false): readonly string[] =>
  sortRows(values, {cell: value => value}, {now: 0, down})

test.each([
  ['durations', ['2h', '900ms', '1.9s', '24ms', '3m'], ['24ms', '900ms', '1.9s', '3m', '2h']],
  ['sizes', ['2 GB', '900 MB', '1.5 TB', '10 kB'], ['10 kB', '900 MB', '2 GB', '1.5 TB']],
  ['shares', ['99.96%', '100%', '9%'], ['9%', '99.96%', '100%']],
  ['names with numbers', ['web-10', 'web-9', 'api'], ['api', 'web-9', 'web-10']],
])('%s are sorted by what they mean', (_, values, expected) => {
  expect(sorted(values)).toEqual(expected)
  expect(sorted(values, true)).toEqual(expected.toReversed())
})

test('what is not known comes last, whichever way', () => {
  expect(sorted(['–', '2s', '1s'])).toEqual(['1s', '2s', '–'])
  expect(sorted(['–', '1s', '2s'], true)).toEqual(['2s', '1s', '–'])
})

const services = opened({screens: [{kind: 'overview'}, {kind: 'list', noun: 'services'}]})
const names = (state: UiState): readonly string[] =>
  listed(state, 'services').rows.map(row => (row as {readonly name: string}).name)
const text = (state: UiState): string =>
  frame(state)
    .map(line => line.map(each => each.text).join(''))
    .join('\n')

test('o sorts by one column after the other, O turns it round, the end of the columns is the order of trouble', () => {
  const once = press(services, 'o').state
  expect(names(once)).toEqual(names(services).toSorted())
  expect(text(once)).toContain('by service ↑')
  expect(names(press(once, 'O').state)).toEqual(names(services).toSorted().toReversed())
  // A sparkline has no order.
  const titles = servicesPane.columns.map(({title}) => title).filter(title => title !== 'LATENCY')
  const after = [...titles, undefined].map(
    (_, index) => press(services, ...Array.from({length: index + 1}, () => 'o')).state.places.services?.sort?.column,
  )
  expect(after).toEqual([...titles, undefined])
})

test('the selection stays on its row when the list is sorted', () => {
  const chosen = press(services, 'down').state
  const selected = (state: UiState): string | undefined => names(state)[state.places.services?.index ?? 0]
  expect(selected(press(chosen, 'o', 'O').state)).toBe(selected(chosen))
})

test('w gives the table the whole screen, and its details back', () => {
  const large: UiState = {...services, columns: 160, rows: 40}
  expect(text(large)).toContain('last probed')
  expect(text(press(large, 'w').state)).not.toContain('last probed')
  expect(text(press(large, 'w').state)).toMatch(/VERSION +REASON/)
  expect(text(press(large, 'w', 'w').state)).toBe(text(large))
})

test.each([
  ['checkout-eu-west-1', 12, 'checko…est-1'],
  ['short', 12, 'short'],
  ['日本語のサービス', 9, '日本…ビス'],
  ['abcdef', 4, 'abc…'],
])('%s in %d columns is %s', (name, width, expected) => {
  expect(truncateMiddle(name, width)).toBe(expected)
})
