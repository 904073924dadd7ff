import {expect, test} from 'vitest'
import {memoryAlertStore} from '../../alerts/memory-alert-store.ts'
import type {Alert} from '../../alerts/state.ts'
import type {ChangingContext, IntendedChange} from '../command.ts'
import {command} from './ack.ts'

const alert = (name: string, cause?: string, more: Partial<Alert> = {}): Alert => ({
  id: `down:service/shop/${name}`,
  rule: 'down',
  severity: 'critical',
  target: `service/shop/${name}`,
  environment: 'shop',
  name,
  state: 'firing',
  summary: 'refused',
  since: 1,
  firedAt: 1,
  resolvedAt: undefined,
  fired: [],
  deliveries: [],
  acknowledged: undefined,
  ...(cause !== undefined && {routing: {cause: `service/shop/${cause}`}}),
  ...more,
})

/** A database behind two services, one of them behind a third; something else is down as well. */
function world() {
  const alertStore = memoryAlertStore()
  const taken = {by: 'ben', at: 1, note: ''}
  const all = [
    alert('db'),
    alert('web', 'db'),
    alert('api', 'db', {acknowledged: taken}),
    alert('shop', 'web'),
    alert('mail'),
  ]
  alertStore.save(all, [])
  const changed: string[] = []
  const context = {
    alertStore: () => alertStore,
    answering: async () => ({
      alertStore,
      silences: () => ({}),
      desk: {find: () => undefined},
      clock: {now: () => 5},
    }),
    environment: () => ({name: 'shop'}),
    actor: () => ({name: 'ann'}),
    signal: new AbortController().signal,
    change: async (intended: IntendedChange, work: () => unknown) => {
      changed.push(intended.target)
      return work()
    },
  } as unknown as ChangingContext
  const ack = (...flags: readonly string[]) =>
    command.run({args: ['service/shop/db'], flags: Object.fromEntries(flags.map(flag => [flag, true]))}, context)
  const takenBy = (name: string): string | undefined => alertStore.get(`down:service/shop/${name}`)?.acknowledged?.by
  return {ack, changed, takenBy}
}

test('an alert is acknowledged alone', async () => {
  const {ack, changed, takenBy} = world()
  expect((await ack()).data).toEqual({id: 'down:service/shop/db', acknowledged: {by: 'ann', note: ''}})
  expect(changed).toEqual(['alert down:service/shop/db'])
  expect([takenBy('db'), takenBy('web')]).toEqual(['ann', undefined])
})

test('with its symptoms, all the way down, each through the gate; what somebody has taken stays theirs', async () => {
  const {ack, changed, takenBy} = world()
  const {data, text} = await ack('symptoms')
  expect(data).toMatchObject({symptoms: ['down:service/shop/web', 'down:service/shop/shop']})
  expect(text).toBe('down:service/shop/db is acknowledged by ann with 2 that are put down to it.')
  expect(changed).toHaveLength(3)
  expect(['db', 'web', 'api', 'shop', 'mail'].map(takenBy)).toEqual(['ann', 'ann', 'ben', 'ann', undefined])
})
