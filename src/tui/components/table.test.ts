import {expect, test} from 'vitest'
import type {Line} from '../layout/line.ts'
import {lineWidth, span} from '../layout/line.ts'
import type {Column} from './table.ts'
import {lineUnder, placeColumns, table} from './table.ts'

interface Row {
  readonly name: string
  readonly value: number
}

const columns: readonly Column<Row>[] = [
  {title: 'NAME', width: 6, grow: 1, max: 12, rank: 1, cell: row => row.name},
  {title: 'VALUE', width: 5, align: 'right', rank: 2, cell: row => String(row.value)},
  {title: 'NOTE', width: 8, grow: 1, rank: 3, cell: () => [span('note', 'dim')]},
]
const rows = Array.from({length: 500}, (_, value): Row => ({name: `row ${value}`, value}))
const text = (lines: readonly Line[]): string[] =>
  lines.map(spans =>
    spans
      .map(each => each.text)
      .join('')
      .trimEnd(),
  )

test('columns of low rank go first when it is narrow, and the rest shares what is left', () => {
  const titles = (width: number): string[] =>
    placeColumns(columns, width).map(({column, width: own}) => `${column.title} ${own}`)
  expect(titles(40)).toEqual(['NAME 12', 'VALUE 5', 'NOTE 19'])
  expect(titles(20)).toEqual(['NAME 12', 'VALUE 5'])
  expect(titles(9)).toEqual(['NAME 9'])
  expect(titles(3)).toEqual(['NAME 3'])
})

test('names are cut last: a column of little importance goes before a name loses its middle', () => {
  const named: readonly Column<Row>[] = [
    {title: 'NAME', name: true, width: 6, grow: 1, max: 12, rank: 1, cell: row => row.name},
    {title: 'VALUE', width: 5, align: 'right', rank: 2, cell: row => String(row.value)},
    {title: 'TREND', width: 8, grow: 1, rank: 6, cell: () => '▁▂'},
  ]
  const long = [{name: 'payments-gateway-primary', value: 1}]
  expect(text(table({columns: named, rows: long, width: 50, height: 2, now: 0}))).toEqual([
    'NAME                      VALUE  TREND',
    'payments-gateway-primary      1  ▁▂',
  ])
  expect(text(table({columns: named, rows: long, width: 34, height: 2, now: 0}))[1]).toBe(
    'payments-gateway-primary      1',
  )
  expect(text(table({columns: named, rows: long, width: 20, height: 2, now: 0}))[1]).toBe('paymen…rimary      1')
  expect(text(table({columns: named, rows, width: 34, height: 2, now: 0}))[0]).toContain('TREND')
})

test('a table shows its window and looks at no row outside of it', () => {
  let looked = 0
  const counting: readonly Column<Row>[] = [{title: 'NAME', width: 10, rank: 1, cell: row => ((looked += 1), row.name)}]
  const lines = table({columns: counting, rows, width: 20, height: 6, now: 0, top: 400, selected: 402})
  expect(text(lines)).toEqual(['NAME', 'row 400', 'row 401', 'row 402', 'row 403', 'row 404'])
  expect(looked).toBe(5)
})

test('the selected row is inverse over its whole width, and every line is exactly as wide as the table', () => {
  const lines = table({columns, rows, width: 30, height: 5, now: 0, selected: 1})
  expect(lines.map(lineWidth)).toEqual([30, 30, 30, 30, 30])
  expect(new Set(lines[2]?.map(each => each.tone))).toEqual(new Set(['selected']))
})

test('the selected row keeps the colour of its state', () => {
  const states: readonly Column<Row>[] = [
    {title: 'NAME', width: 8, rank: 1, cell: row => row.name},
    {title: 'STATE', width: 8, rank: 1, cell: () => [span('✘ down', 'bad bold')]},
    {title: 'LEFT', width: 6, rank: 1, cell: () => [span('-30%', 'bad')]},
  ]
  const [, first] = table({columns: states, rows, width: 28, height: 2, now: 0, selected: 0})
  expect(first?.find(each => each.text.includes('row 0'))?.tone).toBe('selected')
  expect(first?.find(each => each.text.includes('down'))?.tone).toBe('selected bad')
  // A second patch of colour would only shout.
  expect(first?.find(each => each.text.includes('-30%'))?.tone).toBe('selected')
})

test('old rows fade, but what is wrong in them stays loud', () => {
  const states: readonly Column<Row>[] = [
    {title: 'NAME', width: 8, rank: 1, cell: row => row.name},
    {title: 'STATE', width: 8, rank: 1, cell: () => [span('down', 'bad bold')]},
  ]
  const [, first] = table({columns: states, rows, width: 20, height: 2, now: 0, stale: () => true})
  expect(first?.find(each => each.text.includes('row 0'))?.tone).toBe('dim')
  expect(first?.find(each => each.text.includes('down'))?.tone).toBe('bad bold')
})

test('a line under a row stands in the columns of the table, and says nothing for those it has no room for', () => {
  const options = {columns, rows, width: 40, height: 3, now: 0}
  expect(text(under(options))).toEqual(['  live           12  kept'])
  expect(text(under({...options, width: 20}))).toEqual(['  live           12'])
})
const under = (options: Parameters<typeof lineUnder<Row>>[0]): readonly Line[] => [
  lineUnder(options, {NAME: 'live', VALUE: '12', NOTE: 'kept', OTHER: 'nowhere'}),
]
