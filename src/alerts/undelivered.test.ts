import {expect, test} from 'vitest'
import {forgetfulRecords} from '../kinds/records.ts'
import {memoryAlertStore} from './memory-alert-store.ts'
import type {Alert, DeliveryState} from './state.ts'
import {alertRows} from './alert-rows.ts'
import {keepUndelivered, keptLetters, markSent} from './letters.ts'
import {undeliveredOf} from './undelivered.ts'

const HOUR = 3_600_000
const NOW = 1_000 * HOUR
const givenUp: DeliveryState = {
  channel: 'chat',
  notified: 'firing',
  notifiedFlapping: false,
  wanted: 'resolved',
  attempts: 9,
  nextAt: NOW,
  outcome: 'failed: 503 (attempt 9, the next in 5 min)',
  at: NOW - 5 * HOUR,
  held: {kind: 'given up', reason: 'too old', words: 'no channel accepted it within 2 h of its end'},
}
const alert: Alert = {
  id: 'down:service/shop/web',
  rule: 'down',
  severity: 'critical',
  target: 'service/shop/web',
  environment: 'shop',
  name: 'web',
  state: 'resolved',
  summary: 'refused',
  since: NOW - 6 * HOUR,
  firedAt: NOW - 6 * HOUR,
  resolvedAt: NOW - 3 * HOUR,
  fired: [],
  deliveries: [givenUp, {...givenUp, channel: 'log', held: undefined}],
  acknowledged: undefined,
}

test('what was given up of alerts and of runs is listed with what it said, until it was sent by hand', () => {
  const records = forgetfulRecords()
  const alertStore = memoryAlertStore()
  alertStore.save([alert], [])
  const [ofAlert, ...none] = undeliveredOf(alertStore, records, NOW)
  expect(none).toEqual([])
  expect(ofAlert).toMatchObject({
    id: alert.id,
    channel: 'chat',
    at: alert.resolvedAt,
    why: expect.stringMatching(/^no channel accepted it within 2 h of its end; failed: 503/) as string,
    notification: {state: 'resolved', rule: 'down'},
  })
  if (ofAlert === undefined) throw new Error('nothing is listed')
  const ofRun = {...ofAlert, id: 'run/shop/r-1', at: NOW - HOUR, why: '503'}
  keepUndelivered(records, ofRun)
  expect(undeliveredOf(alertStore, records, NOW).map(({id}) => id)).toEqual(['run/shop/r-1', alert.id])
  markSent(records, ofAlert, 'ann', NOW)
  expect(undeliveredOf(alertStore, records, NOW).map(({id, sent}) => [id, sent?.by])).toEqual([
    ['run/shop/r-1', undefined],
    [alert.id, 'ann'],
  ])
  expect(undeliveredOf(alertStore, records, NOW + 8 * 24 * HOUR)).not.toContainEqual(
    expect.objectContaining({id: 'run/shop/r-1'}),
  )
})

test('of runs so many are kept at most', () => {
  const records = forgetfulRecords()
  const letter = undeliveredOf({since: () => [alert]}, records, NOW)[0]
  if (letter === undefined) throw new Error('nothing is listed')
  for (let count = 0; count < 250; count += 1) keepUndelivered(records, {...letter, id: `run/shop/r-${count}`})
  const kept = undeliveredOf(memoryAlertStore(), records, NOW)
  expect([kept.length, kept[0]?.id]).toEqual([200, 'run/shop/r-50'])
})

test('what was sent by hand stays sent, however much more of it there is', () => {
  const records = forgetfulRecords()
  const many = Array.from({length: 450}, (_, index) => ({...alert, id: `down:service/shop/web-${index}`}))
  for (const letter of undeliveredOf({since: () => many}, records, NOW)) markSent(records, letter, 'ann', NOW)
  expect(undeliveredOf({since: () => many}, records, NOW).filter(({sent}) => sent === undefined)).toEqual([])
})

test('an alert whose end nobody took says so, with what it can be sent again by, until somebody has sent it', () => {
  const records = forgetfulRecords()
  const rows = () => alertRows({since: () => [alert]}, 0, undefined, keptLetters(records, 0).sent)[0]?.deliveries
  const [letter] = undeliveredOf({since: () => [alert]}, records, NOW)
  if (letter === undefined) throw new Error('nothing is listed')
  expect(rows()?.[0]).toEqual({
    channel: 'chat',
    state: 'given up: no channel accepted it within 2 h of its end',
    at: givenUp.at,
    undelivered: letter.at,
  })
  markSent(records, letter, 'ann', NOW - 60_000)
  expect(rows()?.[0]).toEqual({channel: 'chat', state: 'sent by ann by hand', at: NOW - 60_000})
})
