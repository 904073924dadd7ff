import {expect, test} from 'vitest'
import {createRedactor} from '../text/redact.ts'
import {rememberClean} from './open-cleaning.ts'

test('a word that passed is redacted as soon as it is known as a secret', () => {
  const redactor = createRedactor()
  const clean = rememberClean(redactor, text => redactor.redact(text))
  expect([clean('hunter-two-two'), clean('hunter-two-two')]).toEqual(['hunter-two-two', 'hunter-two-two'])
  redactor.add('hunter-two-two')
  expect([clean('hunter-two-two'), clean('hunter-two-two')]).toEqual(['[redacted]', '[redacted]'])
})

test('what was changed, or is long, is cleaned each time; what passed unchanged is not', () => {
  const seen: string[] = []
  const redactor = createRedactor(['hunter-two-two'])
  const clean = rememberClean(redactor, text => {
    seen.push(text)
    return redactor.redact(text)
  })
  const long = 'x'.repeat(65)
  for (const text of ['status', long, 'hunter-two-two', 'status', long, 'hunter-two-two']) clean(text)
  expect(seen).toEqual(['status', long, 'hunter-two-two', long, 'hunter-two-two'])
})

test('however many words there are, a bounded number is kept', () => {
  let cleaned = 0
  const clean = rememberClean(createRedactor(), text => {
    cleaned += 1
    return text
  })
  const words = Array.from({length: 100_000}, (_, n) => `word ${n}`)
  for (const word of words) clean(word)
  for (const word of words.slice(0, 4000)) clean(word)
  expect(cleaned).toBe(104_000)
})
