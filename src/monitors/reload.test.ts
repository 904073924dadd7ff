import {expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {temporaryStore} from '../../test/temporary-store.ts'
import type {Notification} from '../alerts/channels/channel.ts'
import {alertsSchema} from '../alerts/config.ts'
import {createAlertEngine} from '../alerts/engine.ts'
import {memoryAlertStore} from '../alerts/memory-alert-store.ts'
import {monitorLease} from '../store/lease.ts'
import {sampleHistory} from '../store/samples.ts'
import type {Reloaded} from './in-force.ts'
import {createMonitor} from './monitor.ts'
import type {ProbeResult, Target} from './sample.ts'

const up: ProbeResult = {status: 'up', reason: 'ok', latencyMs: 1, checks: [], values: {}}
const down: ProbeResult = {...up, status: 'down', reason: 'connection refused'}

/** A watching monitor whose configuration is whatever `next` says. */
function watching(first: readonly Target[]) {
  const time = fakeTime()
  const store = temporaryStore()
  const sent: Notification[] = []
  const alertStore = memoryAlertStore()
  const config = alertsSchema.parse({failureThreshold: 3, degradedFor: '60s'})
  const channel = {
    name: 'pager',
    severities: ['critical', 'warning', 'info'] as const,
    timeoutMs: 1000,
    deliver: async (notification: Notification) => void sent.push(notification),
  }
  const alerts = createAlertEngine({config, alertStore, channels: [channel], clock: time, record: () => undefined})
  let next: Reloaded = {outcome: 'same'}
  const monitor = createMonitor({
    targets: first,
    config: {
      inForce: () => ({file: '/c.yaml', writtenAt: 1}),
      reload: () => {
        const given = next
        next = {outcome: 'same'}
        return given
      },
    },
    history: sampleHistory(store.database),
    clock: time,
    timers: time,
    random: () => 0.5,
    lease: monitorLease(store.database, 'agent'),
    alerts,
  })
  monitor.start()
  const stateOf = (name: string) => monitor.targets().find(each => each.name === name)
  return {
    time,
    monitor,
    sent,
    alertStore,
    stateOf,
    take: (targets: readonly Target[]) => void (next = {outcome: 'taken', targets}),
  }
}

const target = (name: string, probe: Target['probe'], more: Partial<Target> = {}): Target => ({
  id: `service/e/${name}`,
  kind: 'service',
  environment: 'e',
  name,
  intervalMs: 5000,
  timeoutMs: 1000,
  probe,
  ...more,
})

test('what stays keeps its state, its failures and its pending rule; what is new is not missed at once', async () => {
  const {time, monitor, take, stateOf, alertStore, sent} = watching([target('web', async () => down)])
  await time.advance(3000)
  expect(alertStore.get('down:service/e/web')).toMatchObject({state: 'pending'})
  const {since} = stateOf('web') ?? {}
  take([target('web', async () => down), target('new', async () => up)])
  await time.advance(1000)
  expect(stateOf('web')).toMatchObject({state: 'down', since, failures: 1})
  expect(stateOf('new')).toMatchObject({state: 'no data'})
  expect(alertStore.get('no-data:service/e/new')).toBe(undefined)
  await time.advance(12_000)
  expect(stateOf('new')).toMatchObject({state: 'up'})
  expect(alertStore.get('down:service/e/web')).toMatchObject({state: 'firing', since})
  expect(sent.map(({id, state}) => `${id} ${state}`)).toEqual(['down:service/e/web firing'])
  expect(monitor.status().inForce).toEqual({file: '/c.yaml', writtenAt: 1})
  await monitor.stop()
})

test('what is removed while it fires ends as removed, and is probed no more', async () => {
  let probes = 0
  const gone = target('gone', async () => {
    probes += 1
    return down
  })
  const {time, monitor, take, sent, alertStore} = watching([gone])
  await time.advance(15_000)
  expect(alertStore.get('down:service/e/gone')).toMatchObject({state: 'firing'})
  take([])
  await time.advance(1000)
  const asked = probes
  await time.advance(400_000)
  expect(probes).toBe(asked)
  expect(sent.map(({state, reason}) => [state, reason])).toEqual([
    ['firing', 'down: connection refused (3 failed probes in a row)'],
    ['removed', 'it is no longer in the configuration'],
  ])
  expect(alertStore.get('down:service/e/gone')).toMatchObject({state: 'resolved', ending: 'removed'})
  await monitor.stop()
})

test('a probe under way counts for what stays and is dropped for what goes; each is closed after it', async () => {
  const closed: string[] = []
  const answers = new Map<string, (result: ProbeResult) => void>()
  const slow = (name: string) =>
    target(name, () => new Promise(resolve => answers.set(name, resolve)), {close: async () => void closed.push(name)})
  const {time, monitor, take, stateOf} = watching([slow('stays'), slow('goes')])
  await time.advance(500)
  take([target('stays', async () => up)])
  await time.advance(600)
  expect(closed).toEqual([])
  for (const answer of answers.values()) answer({...up, latencyMs: 7})
  await time.advance(300)
  expect(closed.sort()).toEqual(['goes', 'stays'])
  expect(stateOf('stays')?.sample?.latencyMs).toBe(7)
  expect(monitor.targets().map(({name}) => name)).toEqual(['stays'])
  await monitor.stop()
})

test('a shorter interval holds at once', async () => {
  let probes = 0
  const count = async (): Promise<ProbeResult> => {
    probes += 1
    return up
  }
  const {time, monitor, take} = watching([target('web', count, {intervalMs: 600_000})])
  await time.advance(3000)
  take([target('web', count, {intervalMs: 1000})])
  await time.advance(8000)
  expect(probes).toBeGreaterThanOrEqual(6)
  await monitor.stop()
})
