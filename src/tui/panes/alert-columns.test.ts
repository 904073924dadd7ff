import {expect, test} from 'vitest'
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
