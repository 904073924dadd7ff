import {expect, test} from 'vitest'
import {globsOverlap, isWithin} from './glob-overlap.ts'

test.each([
  ['user:*', 'user:7:*', true],
  ['user:*', 'session:*', false],
  ['*:7', 'user:*', true],
  ['*', 'user:*', true],
  ['us?r:[a-c]', 'user:b', true],
  ['us?r:[a-c]', 'user:d', false],
  ['user:[^b]', 'user:b', false],
  [String.raw`user:\*`, 'user:7', false],
  [String.raw`user:\*`, 'user:*', true],
  ['a*b*c', '*x', false],
  ['a*b*c', 'a*bc', true],
  ['', '*', true],
  ['', 'a', false],
  ['ключ:*', '*:1', true],
])('some key matches both %j and %j: %j', (left, right, both) => {
  expect(globsOverlap(left, right)).toBe(both)
  expect(globsOverlap(right, left)).toBe(both)
})

test('many stars take no time', () => {
  expect(globsOverlap('*a'.repeat(200), '*b'.repeat(200))).toBe(false)
})

test.each([
  ['user:7:*', 'user:*', true],
  ['user:7', 'user:*', true],
  ['us*', 'user:*', false],
  ['*:7', 'user:*', false],
  ['*', '*', true],
])('every key of %j is one of %j: %j', (inner, outer, all) => expect(isWithin(inner, outer)).toBe(all))
