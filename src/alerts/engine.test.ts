import {describe, expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {webTarget} from '../../test/web-target.ts'
import type {AuditEntry} from '../audit/record.ts'
import type {ServiceState} from '../monitors/sample.ts'
import type {Channel, Notification} from './channels/channel.ts'
import {alertRows} from './alert-rows.ts'
import {alertsSchema} from './config.ts'
import {createAlertEngine} from './engine.ts'
import {memoryAlertStore} from './memory-alert-store.ts'
import type {AlertTarget} from './alert-target.ts'

const MINUTE = 60_000
const config = alertsSchema.parse({})

/** An engine on a fake clock with one service, `web`, probed every 30 s. */
function setUp(deliver: (notification: Notification) => Promise<void> = async () => undefined) {
  const time = fakeTime()
  const alertStore = memoryAlertStore()
  const records: AuditEntry[] = []
  const sent: Notification[] = []
  const channel: Channel = {
    name: 'pager',
    severities: ['critical', 'warning'],
    timeoutMs: 5000,
    deliver: async notification => {
      await deliver(notification)
      sent.push(notification)
    },
  }
  const begin = () =>
    createAlertEngine({config, alertStore, channels: [channel], clock: time, record: entry => void records.push(entry)})
  let engine = begin()
  const watchedSince = time.now()
  let failures = 0
  let state: ServiceState = 'up'
  let since = time.now()
  const see = async (next: ServiceState, extra: Partial<AlertTarget> = {}): Promise<void> => {
    failures = next === 'down' ? failures + 1 : next === 'no data' ? failures : 0
    if (next !== state) since = time.now()
    state = next
    const target = {...webTarget({state, since, failures, watchedSince, at: time.now()}), ...extra}
    engine.evaluate([target], time.now(), true)
    await engine.flushed()
  }
  /** Probes every 30 s. */
  const seeEach = async (states: readonly ServiceState[]): Promise<void> => {
    for (const each of states) {
      await see(each)
      await time.advance(30_000)
    }
  }
  const stateOf = (id: string): string | undefined => alertStore.get(id)?.state
  return {
    time,
    alertStore,
    engine: () => engine,
    records,
    sent,
    see,
    seeEach,
    stateOf,
    restart: () => (engine = begin()),
  }
}
const DOWN = 'down:service/prod/web'
const DEGRADED = 'degraded:service/prod/web'

describe('down', () => {
  test('is pending for two failed probes, fires at the third, resolves at the first answer; what is told is recorded with its reason', async () => {
    const {seeEach, sent, records, stateOf} = setUp()
    await seeEach(['up', 'down', 'down'])
    expect(stateOf(DOWN)).toBe('pending')
    expect(sent).toEqual([])
    await seeEach(['down'])
    expect(stateOf(DOWN)).toBe('firing')
    expect(sent).toMatchObject([
      {state: 'firing', severity: 'critical', summary: 'down: is down (3 failed probes in a row)', test: false},
    ])
    await seeEach(['up'])
    expect(stateOf(DOWN)).toBe('resolved')
    expect(records.map(({action, reason}) => [action, reason])).toEqual([
      ['alert firing', 'down: is down (3 failed probes in a row)'],
      ['alert resolved', 'answers again: up'],
    ])
    expect(records[0]).toMatchObject({target: `alert ${DOWN}`, environment: 'prod', phase: 'outcome'})
  })

  test('of less than three probes comes and goes without a word to anybody, and leaves nothing, in the trail either', async () => {
    const {seeEach, sent, records, alertStore} = setUp()
    await seeEach(['down', 'down', 'up'])
    expect(sent).toEqual([])
    expect(alertStore.since(0)).toEqual([])
    expect(records).toEqual([])
  })

  test('is not resolved by a source that dies: the alert stays, and no data is an alert of its own', async () => {
    const {seeEach, stateOf, sent} = setUp()
    await seeEach(['down', 'down', 'down', 'no data', 'no data', 'no data', 'no data'])
    expect(stateOf(DOWN)).toBe('firing')
    expect(stateOf('no-data:service/prod/web')).toBe('firing')
    expect(sent.filter(({state}) => state === 'resolved')).toEqual([])
    await seeEach(['down'])
    expect(stateOf('no-data:service/prod/web')).toBe('resolved')
    expect(stateOf(DOWN)).toBe('firing')
  })
})

describe('degraded', () => {
  test('fires when it has lasted as long as configured, not before, and says when that is', async () => {
    const {seeEach, stateOf, alertStore} = setUp()
    await seeEach(['degraded', 'degraded', 'degraded', 'degraded'])
    expect(stateOf(DEGRADED)).toBe('pending')
    const [pending] = alertRows(alertStore, 0)
    expect((pending?.firesAt ?? 0) - (pending?.since ?? 0)).toBe(120_000)
    await seeEach(['degraded'])
    expect(stateOf(DEGRADED)).toBe('firing')
  })

  test('fires after a restart in the middle exactly when it would have without', async () => {
    const {seeEach, stateOf, restart} = setUp()
    await seeEach(['degraded', 'degraded'])
    restart()
    await seeEach(['degraded', 'degraded'])
    expect(stateOf(DEGRADED)).toBe('pending')
    await seeEach(['degraded'])
    expect(stateOf(DEGRADED)).toBe('firing')
  })
})

describe('notifications', () => {
  test('are sent once, not with every probe and not again after a restart', async () => {
    const {seeEach, sent, restart} = setUp()
    await seeEach(Array<ServiceState>(10).fill('down'))
    restart()
    await seeEach(Array<ServiceState>(100).fill('down'))
    expect(sent).toHaveLength(1)
  })

  test('that fail are tried again with growing pauses, then given up, and the state of it is kept', async () => {
    let broken = true
    let tries = 0
    const {seeEach, see, sent, alertStore, time} = setUp(async () => {
      tries += 1
      if (broken) throw new Error('the receiver answered 500')
    })
    await seeEach(['down', 'down'])
    await see('down')
    expect(alertStore.get(DOWN)?.deliveries).toMatchObject([
      {outcome: 'failed: the receiver answered 500 (attempt 1, the next in 1s)'},
    ])
    await time.advance(500)
    await see('down')
    expect(tries).toBe(1)
    await time.advance(600)
    await see('down')
    expect(tries).toBe(2)
    broken = false
    await time.advance(5000)
    await see('down')
    expect(sent).toHaveLength(1)
    expect(alertStore.get(DOWN)?.deliveries).toMatchObject([{outcome: 'delivered', notified: 'firing', attempts: 0}])
  })

  test('are tried without end while it fires, once a group interval after the first four', async () => {
    let tries = 0
    let broken = true
    const {seeEach, alertStore, sent} = setUp(async () => {
      tries += 1
      if (broken) throw new Error('no')
    })
    await seeEach(Array<ServiceState>(30).fill('down'))
    expect(tries).toBe(7)
    expect(alertStore.get(DOWN)?.deliveries).toMatchObject([{outcome: 'failed: no (attempt 7, the next in 5m)'}])
    await seeEach(Array<ServiceState>(2000).fill('down'))
    expect(tries).toBeGreaterThan(150)
    broken = false
    await seeEach(Array<ServiceState>(11).fill('down'))
    expect(sent).toHaveLength(1)
  })

  test('that nobody took before the end of the alert are dropped, and it says so', async () => {
    const {seeEach, alertStore, engine} = setUp(async () => {
      throw new Error('no')
    })
    await seeEach(['down', 'down', 'down', 'up'])
    expect(alertRows(alertStore, 0)).toMatchObject([
      {state: 'resolved', deliveries: [{state: 'dropped: it resolved before a notification got through'}]},
    ])
    expect(engine().counts()).toContainEqual({channel: 'pager', outcome: 'dropped', reason: 'never notified', count: 1})
  })

  test('of the end of an alert are given up two hours after it', async () => {
    let broken = false
    const {seeEach, alertStore} = setUp(async () => {
      if (broken) throw new Error('no')
    })
    await seeEach(['down', 'down', 'down'])
    broken = true
    await seeEach(Array<ServiceState>(250).fill('up'))
    expect(alertRows(alertStore, 0)).toMatchObject([
      {deliveries: [{state: 'given up: no channel accepted it within 2 h of its end'}]},
    ])
  })

  test('of a service that flaps and then stays down are sent after one group interval at the latest', async () => {
    const {seeEach, sent, alertStore} = setUp()
    await seeEach(Array.from({length: 24}, (_, i): ServiceState => (i % 4 === 3 ? 'up' : 'down')))
    await seeEach(Array<ServiceState>(12).fill('up'))
    expect(sent.at(-1)?.state).toBe('resolved')
    await seeEach(['down', 'down', 'down'])
    expect(alertRows(alertStore, 0)[0]?.deliveries[0]?.state).toMatch(
      /^suppressed: (group interval|flapping), not before \d\d:\d\d:\d\d UTC/,
    )
    await seeEach(Array<ServiceState>(11).fill('down'))
    expect(sent.at(-1)?.state).toBe('firing')
  })

  test('of an end that was held back are sent in its own words, not in those of the breach after it', async () => {
    const {seeEach, sent} = setUp()
    await seeEach(['down', 'down', 'down', 'up', 'down', 'up'])
    await seeEach(Array<ServiceState>(10).fill('up'))
    const [firing, resolved] = sent
    expect(sent).toHaveLength(2)
    expect(resolved).toMatchObject({
      state: 'resolved',
      since: firing?.since,
      firedAt: firing?.firedAt,
      summary: firing?.summary,
      reason: 'answers again: up',
    })
  })

  test('say superseded when it becomes worse, and resolved only when it is well', async () => {
    const {seeEach, sent, records} = setUp()
    await seeEach(Array<ServiceState>(5).fill('degraded'))
    await seeEach(['down', 'degraded', ...Array<ServiceState>(20).fill('down')])
    expect(sent.map(({rule, state}) => `${rule} ${state}`)).toEqual([
      'degraded firing',
      'down firing',
      'degraded superseded',
    ])
    expect(sent.at(-1)?.reason).toBe('it is down now: is down')
    expect(records.map(({action}) => action)).toContain('alert superseded')
  })

  test('of an alert that comes back within the group interval wait for its end', async () => {
    const {seeEach, sent} = setUp()
    const outage: ServiceState[] = ['down', 'down', 'down']
    await seeEach([...outage, 'up', 'up'])
    expect(sent.map(({state}) => state)).toEqual(['firing'])
    await seeEach(Array<ServiceState>(10).fill('up'))
    expect(sent.map(({state}) => state)).toEqual(['firing', 'resolved'])
  })

  test('of an acknowledged alert stop, until it resolves', async () => {
    const {seeEach, sent, alertStore, time} = setUp(async () => {
      if (sentNothingYet) throw new Error('no')
    })
    let sentNothingYet = true
    await seeEach(['down', 'down', 'down'])
    expect(alertStore.acknowledge(DOWN, {by: 'ann', at: time.now(), note: ''})).toBe(true)
    sentNothingYet = false
    await seeEach(Array<ServiceState>(20).fill('down'))
    expect(sent).toEqual([])
    await seeEach(['up', 'down', 'down', 'down'])
    expect(alertStore.get(DOWN)?.acknowledged).toBeUndefined()
    expect(sent).toHaveLength(1)
  })

  test('of a service that flaps for an hour are at most three, the first not delayed, and say that it flaps', async () => {
    const {seeEach, sent, time} = setUp()
    const start = time.now()
    await seeEach(Array.from({length: 120}, (_, i): ServiceState => (i % 4 === 3 ? 'up' : 'down')))
    expect(sent.length).toBeLessThanOrEqual(3)
    expect(Date.parse(sent[0]?.firedAt ?? '') - start).toBe(MINUTE)
    expect(sent.some(({flapping, summary}) => flapping && summary.startsWith('flapping'))).toBe(true)
  })

  test('go only to channels that want the severity', async () => {
    const {seeEach, sent} = setUp()
    await seeEach(Array<ServiceState>(5).fill('degraded'))
    expect(sent).toMatchObject([{severity: 'warning', rule: 'degraded'}])
  })
})

test('an alert whose target left the configuration is removed, not resolved', async () => {
  const {seeEach, records, alertStore} = setUp()
  await seeEach(['down', 'down', 'down'])
  const engine = createAlertEngine({
    config,
    alertStore,
    channels: [],
    clock: fakeTime(),
    record: entry => void records.push(entry),
  })
  engine.evaluate([], Date.now(), true)
  expect(records.at(-1)).toMatchObject({action: 'alert removed', reason: 'it is no longer in the configuration'})
})
