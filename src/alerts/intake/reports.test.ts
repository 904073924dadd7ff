import {expect, test} from 'vitest'
import {fakeTime} from '../../../test/fake-time.ts'
import type {Channel, Notification} from '../channels/channel.ts'
import {alertsSchema} from '../config.ts'
import {createAlertEngine} from '../engine.ts'
import {memoryAlertStore} from '../memory-alert-store.ts'
import type {Reported} from './reported.ts'
import {openReports} from './reports.ts'

const config = alertsSchema.parse({intake: [{name: 'falco', type: 'falco', token: 'a-token-of-length'}]})
const reported = (at: number): Reported => ({
  id: 'Shell:falco/prod/web1~aa',
  source: 'falco',
  rule: 'Shell',
  target: 'falco/prod/web1~aa',
  environment: 'prod',
  name: 'web1~aa',
  severity: 'critical',
  summary: 'a shell',
  labels: {host: 'web1'},
  since: at,
  at,
  count: 1,
  over: false,
})

test('what a sender tells is an alert of ours: notified once, acknowledged as any, told to be over, removed with its sender', async () => {
  const time = fakeTime()
  const kept = new Map<string, Reported>()
  const alertStore = memoryAlertStore()
  const sent: Notification[] = []
  const channel: Channel = {
    name: 'pager',
    severities: ['critical'],
    timeoutMs: 5_000,
    deliver: async notification => void sent.push(notification),
  }
  const store = {
    since: () => [...kept.values()],
    get: (id: string) => kept.get(id),
    save: (list: readonly Reported[]) => list.forEach(each => kept.set(each.id, each)),
    openCount: () => 0,
    forget: () => {},
  }
  const begin = () =>
    createAlertEngine({
      config,
      alertStore,
      channels: [channel],
      clock: time,
      record: () => {},
      reports: openReports(store),
    })
  let engine = begin()
  const evaluate = async (): Promise<void> => {
    engine.evaluate([], time.now(), true)
    await engine.flushed()
    await time.advance(2_000)
  }
  const first = reported(time.now())
  store.save([first])
  await evaluate()
  await evaluate()
  // The agent is started again: nobody hears of it a second time.
  engine = begin()
  await evaluate()
  expect(sent.map(({state, summary, target}) => [state, summary, target])).toEqual([
    ['firing', 'a shell', 'falco/prod/web1~aa'],
  ])
  expect(alertStore.get(first.id)).toMatchObject({state: 'firing', source: 'falco', labels: {host: 'web1'}})
  await time.advance(config.groupInterval)
  store.save([{...first, over: true}])
  await evaluate()
  expect(sent[1]).toMatchObject({state: 'resolved', reason: 'falco says that it is over'})
  store.save([{...first, since: time.now()}])
  await time.advance(config.groupInterval)
  await evaluate()
  engine.configure({config: {...config, intake: []}, channels: [channel]})
  await time.advance(config.groupInterval)
  await evaluate()
  expect(sent.map(({state}) => state)).toEqual(['firing', 'resolved', 'firing', 'removed'])
})
