import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {acknowledgeAlert, findOpenAlert} from '../alerts/acknowledge.ts'
import {alertRows} from '../alerts/alert-rows.ts'
import type {AlertStore} from '../alerts/alert-store.ts'
import type {Alert} from '../alerts/state.ts'
import {alertStore} from './alerts.ts'
import type {Store} from './open.ts'
import {openStore} from './open.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-alerts-'))
let stores: Store[]
let alerts: AlertStore
let other: AlertStore
beforeAll(() => {
  stores = [openStore(dir), openStore(dir)]
  const [first, second] = stores.map(store => alertStore(store.database))
  if (!first || !second) throw new Error('no store')
  alerts = first
  other = second
})
afterAll(() => {
  for (const store of stores) store.close()
  rmSync(dir, {recursive: true, force: true})
})

const alert = (name: string, extra: Partial<Alert> = {}): Alert => ({
  id: `down:service/e/${name}`,
  rule: 'down',
  severity: 'critical',
  target: `service/e/${name}`,
  environment: 'e',
  name,
  state: 'firing',
  summary: 'down',
  since: 1000,
  firedAt: 2000,
  resolvedAt: undefined,
  fired: [2000],
  deliveries: [],
  acknowledged: undefined,
  ...extra,
})

test('an acknowledgement from another process survives the next write, and ends with the episode', () => {
  alerts.save([alert('web')], [])
  acknowledgeAlert(other, findOpenAlert(other, 'web').id, {by: 'ann', at: 3000, note: 'on\u001b[2Jit'})
  expect(alerts.get('down:service/e/web')?.acknowledged).toEqual({by: 'ann', at: 3000, note: 'on^[[2Jit'})
  alerts.save([alert('web', {summary: 'still down'})], [])
  expect(alerts.get('down:service/e/web')).toMatchObject({summary: 'still down', acknowledged: {by: 'ann'}})
  alerts.save([alert('web', {since: 9000})], [])
  expect(alerts.get('down:service/e/web')?.acknowledged).toBeUndefined()
})

test('an alert is found by a part of its id that only it has', () => {
  alerts.save([alert('shop'), alert('shop-admin')], [])
  expect(findOpenAlert(alerts, 'down:service/e/shop').name).toBe('shop')
  expect(findOpenAlert(alerts, 'admin').name).toBe('shop-admin')
  expect(() => findOpenAlert(alerts, 'shop')).toThrow(/several alerts match shop/)
  expect(() => findOpenAlert(alerts, 'nothing')).toThrow(/no open alert is called nothing/)
  expect(() => acknowledgeAlert(alerts, 'gone', {by: 'a', at: 1, note: ''})).toThrow(/no longer open/)
})

test('rows come firing first, worst first; resolved ones only when they are young enough', () => {
  alerts.save(
    [
      alert('old', {state: 'resolved', resolvedAt: 5000}),
      alert('young', {state: 'resolved', resolvedAt: 50_000}),
      alert('waiting', {state: 'pending', firedAt: undefined}),
      alert('mild', {severity: 'warning'}),
    ],
    ['down:service/e/web', 'down:service/e/shop-admin'],
  )
  expect(alertRows(alerts, 10_000).map(row => row.id.split('/').at(-1))).toEqual(['shop', 'mild', 'waiting', 'young'])
  alerts.forget(10_000)
  expect(alerts.get('down:service/e/old')).toBeUndefined()
})

test('what nobody changed is not read again; what another process changes is seen at once, and nothing else is made anew', () => {
  alerts.save([alert('one'), alert('two'), alert('over', {state: 'resolved', resolvedAt: 50_000})], [])
  const of = (list: readonly Alert[], name: string): Alert | undefined => list.find(each => each.name === name)
  const before = alerts.since(40_000)
  expect(of(before, 'over')).toBeDefined()
  const again = alerts.since(40_001)
  expect(again.every((each, at) => each === before[at])).toBe(true)
  expect(of(alerts.since(60_000), 'over')).toBeUndefined()
  expect(of(alerts.since(30_000), 'over')).toBeDefined()

  other.acknowledge('down:service/e/one', {by: 'ann', at: 1, note: ''})
  const acknowledged = alerts.since(40_000)
  expect(of(acknowledged, 'one')?.acknowledged).toEqual({by: 'ann', at: 1, note: ''})
  expect(of(acknowledged, 'two')).toBe(of(before, 'two'))
  other.save([alert('two', {summary: 'worse'})], ['down:service/e/one'])
  expect(of(alerts.since(40_000), 'two')?.summary).toBe('worse')
  expect(of(alerts.since(40_000), 'one')).toBeUndefined()
  // Two windows of one process share a connection.
  const beside = alertStore(stores[0]!.database)
  beside.save([alert('two', {summary: 'better'})], [])
  expect(of(alerts.since(40_000), 'two')?.summary).toBe('better')
  alerts.forget(60_000)
  expect(of(alerts.since(0), 'over')).toBeUndefined()
})
