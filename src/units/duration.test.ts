import {expect, test} from 'vitest'
import {formatAge, formatDuration} from './duration.ts'

test.each([
  [0, '0ms'],
  [999.4, '999ms'],
  [1000, '1s'],
  [5000, '5s'],
  [5040, '5s'],
  [3210, '3.2s'],
  [9960, '10s'],
  [42_900, '42s'],
  [300_000, '5m'],
  [4_800_000, '1h 20m'],
  [273_600_000, '3d 4h'],
])('%d ms is said as %s: whole seconds have no decimal', (ms, words) => {
  expect(formatDuration(ms)).toBe(words)
})

test('an age is whole seconds', () => {
  expect(formatAge(0, 5900)).toBe('5s ago')
})
