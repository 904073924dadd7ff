import {expect, test} from 'vitest'
import {listLayout} from './body.ts'

const WIDE = {columns: 200, rows: 60} as const

test('on a wide screen few rows have the whole width, with their details below; many have them beside', () => {
  expect(listLayout(WIDE, 10)).toMatchObject({arrangement: 'below', tableWidth: 200, tableHeight: 13})
  expect(listLayout(WIDE, 100)).toMatchObject({arrangement: 'beside', tableHeight: 55, detailsHeight: 55})
})

test('a filter moves nothing: what decides is how many rows there are without it', () => {
  expect(listLayout(WIDE, 3, false, 100).arrangement).toBe('beside')
  expect(listLayout(WIDE, 3, false, 10).arrangement).toBe('below')
})

test('where there is no room beside, details stand below; where there is none below, the table is alone', () => {
  expect(listLayout({columns: 120, rows: 40}, 100).arrangement).toBe('below')
  expect(listLayout({columns: 60, rows: 15}, 100).arrangement).toBe('table')
  expect(listLayout(WIDE, 10, true).arrangement).toBe('table')
})
