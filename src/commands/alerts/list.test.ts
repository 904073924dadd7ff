import {expect, test} from 'vitest'
import {deliveriesText} from './list.ts'

test('channels of which the same is true are said once, together', () => {
  const of = (channel: string, state: string) => ({channel, state, at: 1})
  const cause = 'suppressed: service/production/db is down, which it depends on'
  expect(deliveriesText([of('mail', cause), of('log', 'delivered'), of('hook', cause)])).toBe(
    `hook, mail: ${cause}; log: delivered`,
  )
  expect(deliveriesText([])).toBe('–')
})
