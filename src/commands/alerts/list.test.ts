import {expect, test} from 'vitest'
import type {AlertRow} from '../../alerts/rows.ts'
import {causesFirst, deliveriesText} from './list.ts'

test('channels of which the same is true are said once, together', () => {
  const of = (channel: string, state: string) => ({channel, state, at: 1})
  const cause = 'suppressed: service/production/db is down, which it depends on'
  expect(deliveriesText([of('mail', cause), of('log', 'delivered'), of('hook', cause)])).toBe(
    `hook, mail: ${cause}; log: delivered`,
  )
  expect(deliveriesText([])).toBe('–')
})

test('what is put down to something stands after it, whichever began first', () => {
  const row = (name: string, since: number, cause?: string): AlertRow => ({
    id: `down:service/prod/${name}`,
    rule: 'down',
    severity: 'critical',
    target: `service/prod/${name}`,
    environment: 'prod',
    state: 'firing',
    summary: '',
    since,
    firedAt: since,
    resolvedAt: undefined,
    acknowledged: undefined,
    cause,
    runbook: undefined,
    deliveries: [],
  })
  const rows = [row('api', 3, 'service/prod/db'), row('alone', 2), row('db', 1), row('web', 1, 'service/prod/db')]
  expect(causesFirst(rows).map(({target}) => target.slice(13))).toEqual(['alone', 'db', 'api', 'web'])
})
