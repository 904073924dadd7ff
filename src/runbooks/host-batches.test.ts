import {expect, test} from 'vitest'
import {batchesOf, limitOf} from './host-batches.ts'

const names = (count: number): readonly string[] => Array.from({length: count}, (_, nth) => `web-${nth + 1}`)

test.each([
  ['one after the other', 3, {}, [1, 1, 1]],
  ['some at a time', 5, {batch: 2}, [2, 2, 1]],
  ['one first', 7, {first: 1, batch: 3}, [1, 3, 3]],
  ['a part of all at a time', 25, {batch: '10%'}, [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]],
  ['one first, then all others', 4, {first: 1, batch: '100%'}, [1, 3]],
  ['a part of few is one', 3, {batch: '10%'}, [1, 1, 1]],
  ['more than there are', 2, {first: 5, batch: 9}, [2]],
  ['nobody', 0, {first: 1, batch: 3}, []],
] as const)('%s: %i hosts with %j are batches of %j', (_, count, sizes, expected) => {
  const batches = batchesOf(names(count), sizes)
  expect(batches.map(own => own.length)).toEqual(expected)
  expect(batches.flat()).toEqual(names(count))
})

test.each([
  [200, {}, 0],
  [200, {stopAfter: 3}, 3],
  [200, {stopAfter: '2%'}, 4],
  [20, {stopAfter: '2%'}, 0],
] as const)('of %i hosts with %j %i may fail', (count, sizes, expected) => {
  expect(limitOf(names(count), sizes)).toBe(expected)
})
