import {expect, test} from 'vitest'
import {withSymptoms, worstIncident} from './incident.ts'
import type {AlertRow} from './rows.ts'

const row = (name: string, more: Partial<AlertRow> = {}): AlertRow => ({
  id: `down:service/prod/${name}`,
  rule: 'down',
  severity: 'critical',
  target: `service/prod/${name}`,
  environment: 'prod',
  state: 'firing',
  summary: 'down',
  since: 1,
  firedAt: 1,
  resolvedAt: undefined,
  acknowledged: undefined,
  runbook: undefined,
  deliveries: [],
  ...more,
})
const redis = row('redis')
const shop = row('shop', {cause: redis.target})
const web = row('web', {cause: shop.target})
const mail = row('mail')
const names = (rows: readonly AlertRow[]) => rows.map(({target}) => target.slice(13))

test('a cause is answered with what is put down to it, all the way down; a symptom alone is alone', () => {
  const all = [web, mail, shop, redis]
  expect(names(withSymptoms([redis], all)).sort()).toEqual(['redis', 'shop', 'web'])
  expect(names(withSymptoms([shop], all)).sort()).toEqual(['shop', 'web'])
  expect(names(withSymptoms([web], all))).toEqual(['web'])
  expect(names(withSymptoms([mail, web], all)).sort()).toEqual(['mail', 'web'])
})

test('the worst incident is the first cause that nobody has acknowledged, with its symptoms', () => {
  const incident = worstIncident([web, redis, shop, mail])
  expect([incident?.root.id, names(incident?.symptoms ?? []), incident?.others]).toEqual([redis.id, ['shop', 'web'], 1])
  const taken = {...redis, acknowledged: {by: 'ann', at: 1, note: ''}}
  expect(worstIncident([taken, shop, mail])?.root.id).toBe(mail.id)
  expect(worstIncident([taken])?.root.id).toBe(redis.id)
  expect(worstIncident([row('x', {state: 'resolved'})])).toBeUndefined()
})
