import {expect, test} from 'vitest'
import {lastRefusal, refusalText, type Refusal} from './refusal.ts'

test.each<Refusal>([
  {code: 'run/unsettled', message: 'a command is still running', hint: 'Wait for it, then resume.'},
  {code: 'runbook/changed', message: 'it changed\n- old\n+ new\n', hint: 'Put it back.\nOr accept it.'},
  {code: 'run/held', message: 'held', hint: undefined},
])('what a runner says is read from its log as it was said: $code', refusal => {
  const noise = 'node: something\n'
  const older = refusalText(1, {code: 'run/ended', message: 'an older one', hint: 'gone'})
  expect(lastRefusal(`${older}${noise}${refusalText(2, refusal)}error: the same again\n  | not ours\n`)).toEqual(
    refusal,
  )
})

test('a log without a refusal has none', () => {
  expect(lastRefusal('')).toBeUndefined()
  expect(lastRefusal('2026-01-01T00:00:00Z nothing/known: x')).toBeUndefined()
})
