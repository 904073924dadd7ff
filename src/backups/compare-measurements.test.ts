import {expect, test} from 'vitest'
import type {TableMeasurements} from './manifest.ts'
import {provedWords} from './proved-words.ts'
import {compareMeasurements} from './compare-measurements.ts'

const table = (name: string, changes: Partial<TableMeasurements> = {}): TableMeasurements => ({
  schema: 'public',
  name,
  rows: 3,
  hash: 'record',
  checksum: '12',
  ...changes,
})
const untold = (name: string, reason = 'no such function') => ({schema: 'public', name, reason})

test.each([
  ['equal', {tables: [table('a')], unproved: []}, []],
  ['missing', {tables: [], unproved: []}, ['public.a: missing']],
  ['fewer rows', {tables: [table('a', {rows: 2})], unproved: []}, ['public.a: 2 rows instead of 3']],
  ['other rows', {tables: [table('a', {checksum: '13'})], unproved: []}, ['public.a: 3 rows, but other content']],
  ['one more', {tables: [table('a'), table('b')], unproved: []}, ['public.b: not in the backup']],
  ['cannot be read', {tables: [], unproved: [untold('a', 'denied')]}, ['public.a: cannot be read: denied']],
])('a copy whose table is %s', (_, found, expected) => {
  const differences = compareMeasurements({tables: [table('a')], unproved: []}, found)
  expect(differences.map(difference => `${difference.table}: ${difference.reason}`)).toEqual(expected)
})

test('of a table that the backup could not read it is enough that it is there', () => {
  const expected = {tables: [table('a')], unproved: [untold('b')]}
  expect(compareMeasurements(expected, {tables: [table('a')], unproved: [untold('b')]})).toEqual([])
  expect(compareMeasurements(expected, {tables: [table('a'), table('b')], unproved: []})).toEqual([])
  expect(compareMeasurements(expected, {tables: [table('a')], unproved: []})).toEqual([
    {table: 'public.b', reason: 'missing'},
  ])
})

test('what cannot be proved is counted and named, three of many', () => {
  expect(provedWords({largeObjects: null, tables: [table('a')], unproved: []})).toBeUndefined()
  expect(provedWords({largeObjects: null, tables: [table('a')], unproved: [untold('b')]})).toBe(
    'proved 1 of 2 tables; public.b: no such function',
  )
  expect(
    provedWords({largeObjects: null, tables: [], unproved: ['a', 'b', 'c', 'd', 'e'].map(name => untold(name))}),
  ).toMatch(/^proved 0 of 5 tables; .*; and 2 more$/)
})
