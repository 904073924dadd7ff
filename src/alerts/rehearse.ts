import {targetId} from '../monitors/sample.ts'
import type {Clock} from '../units/clock.ts'
import type {Channel} from './channels/channel.ts'
import {type AlertsConfig, alertsSchema} from './config.ts'
import {createAlertEngine} from './engine.ts'
import {memoryAlertStore} from './memory-alert-store.ts'
import {alertId} from './state.ts'
import type {AlertTarget} from './alert-target.ts'

/** What a rehearsal showed of one channel. */
export interface Rehearsal {
  readonly channel: string
  readonly delivered: boolean
  /** From the synthetic fault being evaluated to the channel having taken the notification. */
  readonly delayMs: number
  readonly outcome: string
}

/**
 * Sends a synthetic failure through the whole path of a real one: rule, state, decision, delivery. The notification
 * says that it is a test; nothing of it is kept. Each channel gets it whatever severities it wants.
 */
export async function rehearseAlert(
  channels: readonly Channel[],
  config: Pick<AlertsConfig, 'failureThreshold' | 'degradedFor' | 'hitRateBelow' | 'groupInterval'>,
  environment: string,
  clock: Clock,
): Promise<readonly Rehearsal[]> {
  const taken = new Map<string, number>()
  const alertStore = memoryAlertStore()
  const timed = channels.map(channel => ({
    ...channel,
    severities: ['critical', 'warning', 'info'] as const,
    deliver: async (...[notification, signal]: Parameters<Channel['deliver']>) => {
      try {
        await channel.deliver(notification, signal)
      } finally {
        taken.set(channel.name, clock.monotonic())
      }
    },
  }))
  // Rules and routing of the configuration are for targets that there are.
  const usual = {...alertsSchema.parse({}), failureThreshold: config.failureThreshold}
  const engine = createAlertEngine({
    config: usual,
    alertStore,
    channels: timed,
    clock,
    record: () => undefined,
    test: true,
  })
  const target = syntheticFailure(environment, config.failureThreshold, clock.now())
  const begun = clock.monotonic()
  engine.evaluate([target], clock.now(), true)
  await engine.flushed()
  const deliveries = alertStore.get(alertId('down', target.target))?.deliveries ?? []
  return channels.map(({name}) => {
    const delivery = deliveries.find(each => each.channel === name)
    return {
      channel: name,
      delivered: delivery?.notified === 'firing',
      delayMs: (taken.get(name) ?? begun) - begun,
      outcome: delivery?.outcome.replace(/ \(attempt \d+, the next in .*\)$/, '') ?? 'not tried',
    }
  })
}

function syntheticFailure(environment: string, failures: number, now: number): AlertTarget {
  const target = targetId('service', environment, 'alert-test')
  return {
    target,
    kind: 'service',
    environment,
    name: 'alert-test',
    intervalMs: 30_000,
    state: 'down',
    since: now,
    failures,
    flapping: false,
    watchedSince: now,
    sample: {
      target,
      at: now,
      status: 'down',
      reason: 'this is a test, nothing is wrong',
      latencyMs: 0,
      checks: [],
      values: {},
    },
  }
}
