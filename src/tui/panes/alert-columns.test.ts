import {expect, test} from 'vitest'
import {worldOf} from '../../../test/tui/keys.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {placeColumns} from '../components/table.ts'
import {alertsPane} from './alerts.ts'

test.each([
  [116, 46],
  [196, 110],
])(
  'with room for %s columns the summary of an alert gets at least %s: what is wrong is what one came for',
  (width, least) => {
    const summary = placeColumns(alertsPane.columns, width).find(({column}) => column.title === 'SUMMARY')
    expect(summary?.width).toBeGreaterThanOrEqual(least)
  },
)

test.each([
  [54, ['SEVERITY', 'SUBJECT', 'SUMMARY', 'FOR'], 12],
  [74, ['SEVERITY', 'SUBJECT', 'SUMMARY', 'FOR'], 26],
])(
  'with room for %s columns what is wrong with what stays, the more of it the fewer others there are',
  (width, titles, least) => {
    const placed = placeColumns(alertsPane.columns, width)
    expect(placed.map(({column}) => column.title)).toEqual(titles)
    expect(placed.find(({column}) => column.title === 'SUMMARY')?.width).toBeGreaterThanOrEqual(least)
  },
)

test.each([
  ['overview', alertsPane.compact],
  ['list', alertsPane.columns],
])(
  'in the %s, where a summary has room for a word only, the name of the rule is said; else its sentence',
  (_where, columns) => {
    const column = columns?.find(({title}) => title === 'SUMMARY')
    const [row] = alertsPane.rows(worldOf())
    const said = (width: number): string =>
      [column?.cell(row, NOW, width) ?? []]
        .flat()
        .map(part => (typeof part === 'string' ? part : part.text))
        .join('')
    expect(said(10)).toBe('down')
    expect(said(40)).toBe('checkout is down: connect ECONNREFUSED 10.0.3.7:8080')
  },
)
