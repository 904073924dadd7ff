import {expect, test} from 'vitest'
import type {Notification} from '../../src/alerts/channels/channel.ts'
import {alertsSchema} from '../../src/alerts/config.ts'
import {createAlertEngine} from '../../src/alerts/engine.ts'
import {memoryAlertStore} from '../../src/alerts/memory-alert-store.ts'
import {createMonitor} from '../../src/monitors/monitor.ts'
import type {Health, ProbeResult, Target} from '../../src/monitors/sample.ts'
import {monitorLease} from '../../src/store/lease.ts'
import {sampleHistory} from '../../src/store/samples.ts'
import {fakeTime} from '../fake-time.ts'
import {randomFrom} from '../program/random.ts'
import {temporaryStore} from '../temporary-store.ts'
import {countOf, seedOr} from './sample.ts'

const INTERVAL_MS = 5000
const ROUNDS = 129
const THRESHOLD = 3
const SERVICES = countOf('L6')
const SEED = seedOr(20_261_126)

const resultOf = (status: Health): ProbeResult => ({
  status,
  reason: status === 'up' ? 'ok' : status,
  latencyMs: 1,
  checks: [],
  values: {},
})

/** A service that changes as it likes, and what it answered. It begins well and ends well. */
function randomService(name: string, random: () => number) {
  const answered: Health[] = []
  const restless = 0.02 + random() * 0.4
  let state: Health = 'up'
  const target: Target = {
    id: `service/e/${name}`,
    kind: 'service',
    environment: 'e',
    name,
    intervalMs: INTERVAL_MS,
    timeoutMs: 1000,
    probe: () => {
      const settled = answered.length < 2 || answered.length >= ROUNDS
      if (settled) state = 'up'
      else if (random() < restless) state = (['up', 'degraded', 'down'] as const)[Math.floor(random() * 3)] ?? 'up'
      answered.push(state)
      return Promise.resolve(resultOf(state))
    },
  }
  return {target, answered}
}

/** What must be told of a service: once when it has failed so often in a row, once when that is over. */
function toldBy(answered: readonly Health[]): readonly string[] {
  const told: string[] = []
  let failed = 0
  for (const state of answered) {
    if (state === 'down') {
      failed += 1
      if (failed === THRESHOLD) told.push('firing')
    } else {
      if (failed >= THRESHOLD) told.push('resolved')
      failed = 0
    }
  }
  return told
}

test(`L6: ${SERVICES} random services, seed ${SEED}: states, changes and notifications are those of an independent model`, async () => {
  const random = randomFrom(SEED)
  const time = fakeTime()
  const services = Array.from({length: SERVICES}, (_, index) => randomService(`s${index}`, random))
  const sent = {pager: [] as Notification[], chat: [] as Notification[]}
  const channel = (name: keyof typeof sent) => ({
    name,
    severities: ['critical', 'warning', 'info'] as const,
    timeoutMs: 1000,
    deliver: async (notification: Notification) => void sent[name].push(notification),
  })
  const {database} = temporaryStore()
  const history = sampleHistory(database)
  const monitor = createMonitor({
    targets: services.map(({target}) => target),
    history,
    clock: time,
    timers: time,
    random: randomFrom(SEED + 1),
    lease: monitorLease(database, 'agent'),
    alerts: createAlertEngine({
      config: alertsSchema.parse({failureThreshold: THRESHOLD, degradedFor: '7d', groupInterval: '1s'}),
      alertStore: memoryAlertStore(),
      channels: [channel('pager'), channel('chat')],
      clock: time,
      record: () => undefined,
    }),
  })
  const began = time.now()
  monitor.start()
  const all = (): boolean => services.every(({answered}) => answered.length >= ROUNDS + 3)
  for (let slice = 0; slice < 40 * ROUNDS && !all(); slice += 1) await time.advance(INTERVAL_MS)
  await time.advance(3 * INTERVAL_MS)
  await monitor.stop()

  let [probes, changes, told] = [0, 0, 0]
  for (const {target, answered} of services) {
    const kept = history.points(target.id, began).map(({status}) => status)
    expect({of: target.id, kept}).toEqual({of: target.id, kept: answered.slice(0, kept.length)})
    expect(answered.length - kept.length).toBeLessThanOrEqual(1)
    expect(history.watched().get(target.id)?.track).toMatchObject({state: 'up', failures: 0})
    const model = toldBy(answered)
    for (const name of ['pager', 'chat'] as const) {
      const said = sent[name].filter(({id}) => id === `down:${target.id}`).map(({state}) => state)
      expect({of: target.id, name, said}).toEqual({of: target.id, name, said: model})
    }
    probes += kept.length
    changes += kept.filter((state, at) => at > 0 && state !== kept[at - 1]).length
    told += model.length
  }
  expect({pager: sent.pager.length, chat: sent.chat.length}).toEqual({pager: told, chat: told})
  console.log(`${probes} probes, ${changes} changes, ${told} notifications a channel: 0 lost, 0 doubled`)
}, 600_000)
