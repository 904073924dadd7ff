import {expect, test} from 'vitest'
import {compareOthers} from './compare-others.ts'
import {sequenceRanges} from './read-others.ts'

const KEY = JSON.stringify(['public', 's'])
const NONE = {count: 0, checksum: '0'}
const faults = (from: string | null, to: string | null, position: string | null): readonly string[] =>
  compareOthers(
    {sequences: [{schema: 'public', name: 's', from, to}], largeObjects: NONE},
    {sequences: new Map([[KEY, position]]), largeObjects: NONE},
  ).map(({reason}) => reason)

test('a sequence stands between where it stood before the copy and after it, whichever way it goes', () => {
  for (const [from, to, position] of [
    ['5', '5', '5'],
    ['5', '9', '7'],
    ['-5', '-9', '-7'],
    [null, null, null],
    [null, '3', '2'],
    [null, '3', null],
  ] as const)
    expect(faults(from, to, position), `${from} ${to} ${position}`).toEqual([])
  expect(faults('5', '9', '10')).toEqual(['at 10 instead of 9'])
  expect(faults('5', '9', '4')).toEqual(['at 4 instead of 9'])
  expect(faults('5', '5', null)).toEqual(['never used, instead of at 5'])
  expect(faults(null, null, '1')).toEqual(['at 1, instead of never used'])
})

test('a sequence that is missing is a difference; one that went while it was copied is none', () => {
  const range = {schema: 'public', name: 's', from: '1', to: '1'}
  expect(compareOthers({sequences: [range], largeObjects: null}, {sequences: new Map(), largeObjects: NONE})).toEqual([
    {table: 'sequence public.s', reason: 'missing'},
  ])
  expect(sequenceRanges(new Map([[KEY, '1']]), new Map())).toEqual([])
  expect(sequenceRanges(new Map([[KEY, '1']]), new Map([[KEY, '4']]))).toEqual([{...range, to: '4'}])
})

test('large objects are compared by count and content; what could not be read then need not be now', () => {
  const compare = (expected: typeof NONE | {unread: string} | null, found: typeof NONE | {unread: string}) =>
    compareOthers({sequences: [], largeObjects: expected}, {sequences: new Map(), largeObjects: found})
  expect(compare({count: 2, checksum: '7'}, {count: 2, checksum: '7'})).toEqual([])
  expect(compare({count: 2, checksum: '7'}, {count: 1, checksum: '7'})[0]?.reason).toBe('1 instead of 2')
  expect(compare({count: 2, checksum: '7'}, {count: 2, checksum: '8'})[0]?.reason).toBe('2, but other content')
  expect(compare({count: 2, checksum: '7'}, {unread: 'denied'})[0]?.reason).toBe('cannot be read: denied')
  expect(compare({unread: 'denied'}, {count: 1, checksum: '1'})).toEqual([])
  expect(compare(null, {count: 1, checksum: '1'})).toEqual([])
})
