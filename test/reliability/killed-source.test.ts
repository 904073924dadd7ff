import {expect, test} from 'vitest'
import type {Notification} from '../../src/alerts/channels/channel.ts'
import {alertsSchema} from '../../src/alerts/config.ts'
import {createAlertEngine} from '../../src/alerts/engine.ts'
import {memoryAlertStore} from '../../src/alerts/memory-alert-store.ts'
import {createMonitor} from '../../src/monitors/monitor.ts'
import type {Health, Target} from '../../src/monitors/sample.ts'
import {stateAt} from '../../src/monitors/state.ts'
import {monitorLease} from '../../src/store/lease.ts'
import {sampleHistory} from '../../src/store/samples.ts'
import {fakeTime} from '../fake-time.ts'
import {randomFrom} from '../program/random.ts'
import {temporaryStore} from '../temporary-store.ts'
import {countOf, seedOr} from './sample.ts'

const INTERVAL_MS = 5000
const KILLS = countOf('L3')
const SEED = seedOr(20_261_127)
/** One stays down through all kills, one stays up, two do as they like while nobody looks. */
const NAMES = ['down', 'up', 'a', 'b'] as const

test(`L3: what watches is killed ${KILLS} times, seed ${SEED}: all is no data within two intervals and a second, nothing resolves falsely, what changed meanwhile is told once a group`, async () => {
  const random = randomFrom(SEED)
  const time = fakeTime()
  const health: Record<(typeof NAMES)[number], Health> = {down: 'down', up: 'up', a: 'up', b: 'up'}
  const targets = NAMES.map(
    (name): Target => ({
      id: `service/e/${name}`,
      kind: 'service',
      environment: 'e',
      name,
      intervalMs: INTERVAL_MS,
      timeoutMs: 1000,
      probe: async () => ({status: health[name], reason: health[name], latencyMs: 1, checks: [], values: {}}),
    }),
  )
  const {database} = temporaryStore()
  const history = sampleHistory(database)
  const alertStore = memoryAlertStore()
  const sent: Notification[] = []
  const open = () =>
    createMonitor({
      targets,
      history,
      clock: time,
      timers: time,
      random: randomFrom(SEED + 1),
      lease: monitorLease(database, 'agent'),
      alerts: createAlertEngine({
        config: alertsSchema.parse({
          failureThreshold: 2,
          groupInterval: '1s',
          groupBy: ['rule'],
          groupWait: '10s',
          repeatInterval: '365d',
        }),
        alertStore,
        channels: [
          {
            name: 'pager',
            severities: ['critical', 'warning', 'info'],
            timeoutMs: 1000,
            deliver: async notification => void sent.push(notification),
          },
        ],
        clock: time,
        record: () => undefined,
      }),
    })
  const states = () => targets.map(({id}) => stateAt(history.watched().get(id), INTERVAL_MS, time.now()).state)
  const told = () =>
    sent
      .splice(0)
      .flatMap(({rule, state, target, others}) =>
        [target, ...others.map(other => other.target)].map(id => `${rule} ${state} ${id.split('/').at(-1)}`),
      )
      .toSorted()
  const watching = async (monitor: ReturnType<typeof open>): Promise<void> => {
    monitor.start()
    await time.advance(60_000)
  }
  let monitor = open()
  await watching(monitor)
  expect(told()).toEqual(['down firing down'])
  for (let kill = 0; kill < KILLS; kill += 1) {
    await time.advance(Math.floor(random() * INTERVAL_MS))
    await monitor.stop()
    expect(states()).not.toContain('no data')
    const before = {...health}
    for (const name of ['a', 'b'] as const) health[name] = random() < 0.5 ? 'up' : 'down'
    await time.advance(2 * INTERVAL_MS + 1000)
    expect(states()).toEqual(targets.map(() => 'no data'))
    // So long that nobody would call it flapping.
    await time.advance(1_200_000 + Math.floor(random() * 3_600_000))
    expect(told()).toEqual([])
    monitor = open()
    await watching(monitor)
    const changed = (['a', 'b'] as const).filter(name => before[name] !== health[name])
    expect({kill, told: told()}).toEqual({
      kill,
      told: changed.map(name => `down ${health[name] === 'down' ? 'firing' : 'resolved'} ${name}`).toSorted(),
    })
  }
  await monitor.stop()
}, 600_000)
