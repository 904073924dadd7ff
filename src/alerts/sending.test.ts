import {expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {webTarget} from '../../test/web-target.ts'
import type {Channel, Notification} from './channels/channel.ts'
import {alertsSchema} from './config.ts'
import {createAlertEngine} from './engine.ts'
import {memoryAlertStore} from './memory-alert-store.ts'
import type {AlertEvent} from './timeline.ts'

const HOUR = 3_600_000

/** One store, and agents one after the other; the channel takes everything, and answers only when it is told to. */
function agents(written: object = {}) {
  const time = fakeTime()
  const alertStore = memoryAlertStore()
  const got: Notification[] = []
  const events: AlertEvent[] = []
  let answer: 'yes' | 'never' | 'no' = 'yes'
  const deliver: Channel['deliver'] = (notification, signal) => {
    got.push(notification)
    if (answer === 'yes') return Promise.resolve()
    if (answer === 'no') return Promise.reject(new Error('503'))
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))))
  }
  const channel: Channel = {name: 'pager', severities: ['critical'], timeoutMs: 60_000, deliver}
  const timelines = {add: (event: AlertEvent) => void events.push(event), forget: () => undefined}
  const config = alertsSchema.parse({groupInterval: '1s', ...written})
  const start = () =>
    createAlertEngine({config, alertStore, channels: [channel], clock: time, record: () => undefined, timelines})
  let engine = start()
  const target = (name: string, state: 'up' | 'down') => ({
    ...webTarget({state, failures: state === 'down' ? 3 : 0, since: time.now(), watchedSince: 0, at: time.now()}),
    target: `service/e/${name}` as const,
    name,
  })
  return {
    got,
    events,
    time,
    alertStore,
    answers: (how: typeof answer) => void (answer = how),
    judge: async (states: Readonly<Record<string, 'up' | 'down'>>): Promise<void> => {
      const targets = Object.entries(states).map(([name, state]) => target(name, state))
      engine.evaluate(targets, time.now(), true)
      if (answer !== 'never') await engine.flushed()
      await time.advance(1000)
    },
    kill: async (): Promise<void> => {
      engine.letGo()
      await engine.flushed()
      engine = start()
    },
  }
}

test('what was cut off before its answer is sent again under the same key, and says that it may have arrived', async () => {
  const {answers, got, judge, kill, events} = agents()
  answers('never')
  await judge({web: 'down'})
  await kill()
  answers('yes')
  await judge({web: 'down'})
  await judge({web: 'down'})
  expect(got.map(({maybeSentBefore}) => maybeSentBefore)).toEqual([undefined, true])
  expect(new Set(got.map(({key}) => key)).size).toBe(1)
  expect(got[1]?.text).toContain('may have arrived before')
  expect(events.filter(({kind}) => kind === 'sent').map(({text}) => text)).toEqual([
    'firing, sent again: nobody knows whether the attempt before arrived',
  ])
})

test('a refusal is known: the next attempt has the same key, and says nothing of another', async () => {
  const {answers, got, judge, time} = agents()
  answers('no')
  await judge({web: 'down'})
  answers('yes')
  await time.advance(10_000)
  await judge({web: 'down'})
  expect(got.map(({maybeSentBefore}) => maybeSentBefore)).toEqual([undefined, undefined])
  expect(new Set(got.map(({key}) => key)).size).toBe(1)
})

test('a repetition after the repeat interval, the end and the next time are other news, each with a key of its own', async () => {
  const {got, judge, time} = agents({repeatInterval: '1h'})
  await judge({web: 'down'})
  await time.advance(HOUR)
  await judge({web: 'down'})
  await judge({web: 'up'})
  await time.advance(HOUR)
  await judge({web: 'up'})
  await judge({web: 'down'})
  await time.advance(HOUR)
  await judge({web: 'down'})
  expect(got.length).toBeGreaterThanOrEqual(4)
  expect(new Set(got.map(({key}) => key)).size).toBe(got.length)
})

test('the end of an alert whose only notification may have arrived is told', async () => {
  const {answers, got, judge, kill} = agents()
  answers('never')
  await judge({web: 'down'})
  await kill()
  answers('yes')
  await judge({web: 'up'})
  expect(got.map(({state, maybeSentBefore}) => [state, maybeSentBefore])).toEqual([
    ['firing', undefined],
    ['resolved', undefined],
  ])
})

test('its end is tried again after a refusal, too', async () => {
  const {answers, got, judge, kill, time} = agents()
  answers('never')
  await judge({web: 'down'})
  await kill()
  answers('no')
  await judge({web: 'up'})
  answers('yes')
  await time.advance(10_000)
  await judge({web: 'up'})
  expect(got.map(({state}) => state)).toEqual(['firing', 'resolved', 'resolved'])
})

test('a group that was cut off is sent again as it was, though another alert has joined since', async () => {
  const {answers, got, judge, kill} = agents({groupBy: ['environment']})
  answers('never')
  await judge({api: 'down', web: 'down'})
  await kill()
  answers('yes')
  await judge({api: 'down', web: 'down', shop: 'down'})
  const [first, ...later] = got
  const again = later.filter(({key}) => key === first?.key)
  expect(again).toHaveLength(1)
  expect(again[0]?.others.map(({id}) => id)).toEqual(first?.others.map(({id}) => id))
  expect(later.filter(({maybeSentBefore}) => maybeSentBefore !== true).map(({target}) => target)).toEqual([
    'service/e/shop',
  ])
})

test('what is under way is kept before it is sent, so that a crash forgets nothing of it', async () => {
  const {answers, alertStore, judge, time} = agents()
  answers('never')
  const before = time.now()
  await judge({web: 'down'})
  const [alert] = alertStore.since(0)
  expect(alert?.deliveries).toMatchObject([
    {channel: 'pager', outcome: 'being sent', notified: undefined, unsure: {at: before, news: ['firing']}},
  ])
})

test('the labels of its rule, its sender and the runbook that answers it come with an alert, and with those of its group labels', async () => {
  const {got, judge} = agents({
    rules: [{name: 'down', labels: {team: 'shop'}, runbook: {name: 'restart', params: {service: '{name}'}}}],
    groupBy: ['rule'],
  })
  await judge({web: 'down', api: 'down'})
  expect(got).toMatchObject([
    {labels: {team: 'shop'}, runbook: {name: 'restart', params: {service: 'web'}}, others: [{labels: {team: 'shop'}}]},
  ])
  expect(got[0]).not.toHaveProperty('source')
})
