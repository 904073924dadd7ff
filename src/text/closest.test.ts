import {expect, test} from 'vitest'
import {closest} from './closest.ts'

test.each([
  ['enviroments', ['environments', 'services'], 'environments'],
  ['ulr', ['url', 'type'], 'url'],
  ['Timeout', ['timeout', 'interval'], 'timeout'],
  ['hitRateBellow', ['hitRateBelow', 'cooldown'], 'hitRateBelow'],
  ['zzz', ['url', 'type'], undefined],
  ['', ['url'], undefined],
  ['x'.repeat(100_000), ['url'], undefined],
])('%s is near %j as %s', (word, candidates, meant) => {
  expect(closest(word, candidates)).toBe(meant)
})
