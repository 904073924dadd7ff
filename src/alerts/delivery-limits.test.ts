import {expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {webTarget} from '../../test/web-target.ts'
import type {Channel, Notification} from './channels/channel.ts'
import {alertsSchema} from './config.ts'
import {createAlertEngine} from './engine.ts'
import {memoryAlertStore} from './memory-alert-store.ts'

const HOUR = 3_600_000

function setUp({repeatInterval = '4h', rateLimit}: {repeatInterval?: string; rateLimit?: number} = {}) {
  const time = fakeTime()
  const alertStore = memoryAlertStore()
  const sent: Notification[] = []
  const channel: Channel = {
    name: 'pager',
    severities: ['critical'],
    timeoutMs: 5_000,
    rateLimit,
    deliver: async notification => void sent.push(notification),
  }
  const engine = createAlertEngine({
    config: alertsSchema.parse({failureThreshold: 1, repeatInterval}),
    alertStore,
    channels: [channel],
    clock: time,
    record: () => {},
  })
  const since = time.now()
  const down = async (names: readonly string[] = ['web']): Promise<void> => {
    const target = webTarget({state: 'down', since, failures: 9, watchedSince: since, at: time.now()})
    const targets = names.map(name => ({...target, name, target: `service/prod/${name}` as const}))
    engine.evaluate(targets, time.now(), true)
    await engine.flushed()
  }
  return {time, alertStore, sent, down}
}

test('what still fires is told again after the repeat interval, not before, and until somebody acknowledges', async () => {
  const {time, alertStore, sent, down} = setUp()
  for (let at = 0; at < 9 * HOUR; at += HOUR / 2) {
    await down()
    await time.advance(HOUR / 2)
  }
  expect(sent.map(({state}) => state)).toEqual(['firing', 'firing', 'firing'])
  expect(Date.parse(sent[1]?.sentAt ?? '') - Date.parse(sent[0]?.sentAt ?? '')).toBe(4 * HOUR)
  alertStore.acknowledge('down:service/prod/web', {by: 'ann', at: time.now(), note: ''})
  await time.advance(5 * HOUR)
  await down()
  expect(sent).toHaveLength(3)
})

test('a channel is sent so many a minute; the rest waits, is said to, and comes', async () => {
  const {time, alertStore, sent, down} = setUp({rateLimit: 3})
  const names = ['a', 'b', 'c', 'd', 'e']
  await down(names)
  expect(sent).toHaveLength(3)
  const held = names.map(name => alertStore.get(`down:service/prod/${name}`)?.deliveries[0]?.held?.words)
  expect(held.filter(words => words === 'the channel takes 3 notifications a minute')).toHaveLength(2)
  await time.advance(30_000)
  await down(names)
  expect(sent).toHaveLength(3)
  await time.advance(31_000)
  await down(names)
  expect(new Set(sent.map(({target}) => target)).size).toBe(5)
  expect(sent).toHaveLength(5)
})
