import {expect, test} from 'vitest'
import {type Alert, nextAlert} from './state.ts'

const START = 1_800_000_000_000
const MINUTE = 60_000
const target = {target: 'service/prod/web', environment: 'prod', name: 'web'} as const
const breach = {
  rule: 'degraded',
  breach: 'yes',
  reason: 'slow',
  severity: 'warning',
  forMs: 2 * MINUTE,
} as unknown as Parameters<typeof nextAlert>[1]

/** The alert after a breach that was seen at these moments; of those after `probedSince` it is known that somebody probed. */
function after(moments: readonly number[], probedSince?: number): Alert | undefined {
  let alert: Alert | undefined
  for (const at of moments)
    alert = nextAlert(alert, breach, probedSince === undefined ? target : {...target, probedSince}, START + at).alert
  return alert
}

test('a pending breach fires when it has lasted, and time in which nobody probed is not counted', () => {
  expect(after([0, MINUTE])?.state).toBe('pending')
  expect(after([0, MINUTE, 2 * MINUTE])?.state).toBe('firing')
  // The console was closed in between, and is opened an hour later.
  expect(after([0, 60 * MINUTE], START + 60 * MINUTE)?.state).toBe('pending')
  expect(after([0, 60 * MINUTE, 61 * MINUTE], START + 60 * MINUTE)?.state).toBe('pending')
  expect(after([0, 60 * MINUTE, 62 * MINUTE], START + 60 * MINUTE)?.state).toBe('firing')
})
