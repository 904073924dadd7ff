import type {AlertTarget} from '../src/alerts/alert-target.ts'
import type {Channel, Notification} from '../src/alerts/channels/channel.ts'
import {alertsSchema} from '../src/alerts/config.ts'
import {type AlertEngine, createAlertEngine} from '../src/alerts/engine.ts'
import {memoryAlertStore} from '../src/alerts/memory-alert-store.ts'
import type {Dependencies} from '../src/alerts/routing/causes.ts'
import type {Silence} from '../src/alerts/routing/silence.ts'
import type {ServiceState} from '../src/monitors/sample.ts'
import {type TargetId, targetId} from '../src/monitors/sample.ts'
import {type FakeTime, fakeTime} from './fake-time.ts'

export const INTERVAL_MS = 30_000

interface Watched {
  state: ServiceState
  since: number
  failures: number
  at: number
}

/** Many targets on a fake clock, probed when the test says so, and what the channels heard of them. */
export interface AlertBench {
  readonly time: FakeTime
  readonly alertStore: ReturnType<typeof memoryAlertStore>
  readonly sent: (Notification & {readonly channel: string})[]
  readonly silences: Silence[]
  /** Probes of these targets, all at this moment, and what follows. */
  probe(states: Readonly<Record<string, ServiceState>>): Promise<void>
  /** The same again and again, one interval apart. */
  probeFor(times: number, states: Readonly<Record<string, ServiceState>>): Promise<void>
  /** Another process takes over. */
  restart(): void
  idOf(name: string): TargetId
  heldOf(name: string, channel?: string): string | undefined
  engine(): AlertEngine
}

export function alertBench(options: {
  /** Names of services, each with what it needs. */
  readonly services: Readonly<Record<string, readonly string[]>>
  readonly config?: object
  readonly channels?: readonly string[]
  readonly deliver?: (notification: Notification, channel: string) => Promise<void>
}): AlertBench {
  const {services, config = {}, channels = ['pager'], deliver = async () => undefined} = options
  const time = fakeTime()
  const watchedSince = time.now() - 10 * INTERVAL_MS
  const alertStore = memoryAlertStore()
  const sent: (Notification & {readonly channel: string})[] = []
  const silences: Silence[] = []
  const watched = new Map<string, Watched>()
  const idOf = (name: string): TargetId => targetId('service', 'prod', name)
  const dependencies: Dependencies = new Map(
    Object.entries(services).map(([name, needs]) => [idOf(name), needs.map(idOf)]),
  )
  const opened = channels.map(
    (name): Channel => ({
      name,
      severities: ['critical', 'warning', 'info'],
      timeoutMs: 5000,
      async deliver(notification) {
        await deliver(notification, name)
        sent.push({...notification, channel: name})
      },
    }),
  )
  const begin = (): AlertEngine =>
    createAlertEngine({
      config: alertsSchema.parse(config),
      dependencies,
      silences: () => silences,
      alertStore,
      channels: opened,
      clock: time,
      record: () => undefined,
    })
  let engine = begin()
  const targetOf = (name: string): AlertTarget | undefined => {
    const seen = watched.get(name)
    if (seen === undefined) return undefined
    const {state, since, failures, at} = seen
    const status = state === 'no data' ? 'down' : state
    const target = idOf(name)
    return {
      target,
      kind: 'service',
      environment: 'prod',
      name,
      intervalMs: INTERVAL_MS,
      state,
      since,
      failures,
      flapping: false,
      watchedSince,
      sample: {target, at, status, reason: `is ${state}`, latencyMs: 1, checks: [], values: {}},
    }
  }
  const probe = async (states: Readonly<Record<string, ServiceState>>): Promise<void> => {
    const at = time.now()
    for (const [name, state] of Object.entries(states)) {
      const before = watched.get(name)
      const failures = state === 'down' ? (before?.failures ?? 0) + 1 : 0
      watched.set(name, {state, failures, at, since: before?.state === state ? before.since : at})
    }
    const all = [...watched.keys()].flatMap(name => targetOf(name) ?? [])
    engine.evaluate(all, at, true)
    await engine.flushed()
  }
  return {
    time,
    alertStore,
    sent,
    silences,
    probe,
    async probeFor(times, states) {
      for (let round = 0; round < times; round += 1) {
        await probe(states)
        await time.advance(INTERVAL_MS)
      }
    },
    restart: () => (engine = begin()),
    idOf,
    heldOf: (name, channel = channels[0]) =>
      alertStore.get(`down:${idOf(name)}`)?.deliveries.find(each => each.channel === channel)?.held?.words,
    engine: () => engine,
  }
}
