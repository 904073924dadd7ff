import {expect, test} from 'vitest'
import type {RunEvent} from '../../runbooks/events.ts'
import {inTodaysWords} from './former-words.ts'

const written = (event: Readonly<Record<string, unknown>>): RunEvent => event as unknown as RunEvent

test('a journal of version 0.1.0 is read as it was meant', () => {
  expect(inTodaysWords(written({type: 'survivors', step: 'a', processes: ['1 sh']}))).toEqual({
    type: 'orphans',
    step: 'a',
    processes: ['1 sh'],
  })
  expect(inTodaysWords(written({type: 'step-settled', step: 'a', choice: 'probe'}))).toMatchObject({choice: 'recheck'})
})

test('an event of today is the very same', () => {
  const event = written({type: 'step-settled', step: 'a', choice: 'done'})
  expect(inTodaysWords(event)).toBe(event)
})
