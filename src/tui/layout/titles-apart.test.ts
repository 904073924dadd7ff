import {expect, test} from 'vitest'
import {titlesApart} from './titles-apart.ts'

test('a title loses its end, and its middle where another would read alike', () => {
  const shorten = titlesApart(['Start 2.4.1 on green-1', 'Start 2.4.1 on green-2', 'Switch all traffic to green'])
  expect(shorten('Switch all traffic to green', 18)).toBe('Switch all traffi…')
  expect(shorten('Start 2.4.1 on green-1', 18)).toBe('Start 2.4… green-1')
  expect(shorten('Start 2.4.1 on green-2', 18)).toBe('Start 2.4… green-2')
  expect(shorten('Start 2.4.1 on green-2', 30)).toBe('Start 2.4.1 on green-2')
})
