import {expect, test} from 'vitest'
import {progressWords} from './progress-bar.ts'

test.each([
  [{done: 5680.143635, total: 10_000, unit: 'ms'}, '5.7s of 10s'],
  [{done: 3, total: 8, unit: 'keys'}, '3 of 8 keys'],
  [{done: 0.333333, total: 1, unit: ''}, '0.3 of 1'],
])('%j is %s', (progress, words) => {
  expect(progressWords(progress)).toBe(words)
})
