import {expect, test} from 'vitest'
import {createBell} from './bell.ts'
import {untilRung} from './until-rung.ts'

test('what was read is given again until the bell rings, or it is too old', () => {
  const bell = createBell()
  let [reads, at] = [0, 0]
  const read = untilRung(bell, () => (reads += 1), {forMs: 3000, now: () => at})
  expect([read(), read()]).toEqual([1, 1])
  bell.ring()
  expect([read(), read()]).toEqual([2, 2])
  at = 2999
  expect(read()).toBe(2)
  at = 3000
  expect(read()).toBe(3)
})

test('what could not be read is read again', () => {
  let fails = true
  const read = untilRung(
    createBell(),
    () => {
      if (fails) throw new Error('not now')
      return 'read'
    },
    {forMs: 1000, now: () => 0},
  )
  expect(read).toThrow('not now')
  fails = false
  expect(read()).toBe('read')
})
