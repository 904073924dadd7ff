import {expect, test} from 'vitest'
import {keyTest, remembered} from './remembered.ts'

test('a short text is worked out once, and what comes of it is the same', () => {
  const asked: string[] = []
  const length = remembered(text => {
    asked.push(text)
    return text === 'nothing' ? undefined : text.length
  })
  expect([length('ab'), length('ab'), length('nothing'), length('nothing')]).toEqual([2, 2, undefined, undefined])
  expect(asked).toEqual(['ab', 'nothing'])
  const long = 'x'.repeat(65)
  expect([length(long), length(long), asked.length]).toEqual([65, 65, 4])
})

test('thousands of texts are not held', () => {
  let count = 0
  const counted = remembered(() => (count += 1))
  counted('first')
  for (let n = 0; n < 1_000; n += 1) counted(`text ${n}`)
  counted('first')
  expect(count).toBe(1_002)
})

test('an expression says of a key what it says by itself', () => {
  const state = keyTest(/^(status|state)$/i)
  for (const key of ['Status', 'state', 'Status', 'stat', 'stat'])
    expect(state.test(key)).toBe(/^stat(us|e)$/i.test(key))
})
