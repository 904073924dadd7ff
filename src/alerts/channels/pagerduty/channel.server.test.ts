import {afterAll, beforeAll, expect, test} from 'vitest'
import {z} from 'zod'
import {probeTools} from '../../../../test/probe-tools.ts'
import type {ContractServer} from '../../../../test/servers/contract-server.ts'
import {startContractServer} from '../../../../test/servers/contract-server.ts'
import {systemClock} from '../../../units/clock.ts'
import {alertsSchema} from '../../config.ts'
import {rehearseAlert} from '../../rehearse.ts'
import type {Notification} from '../channel.ts'
import {openChannels} from '../open-channels.ts'
import {eventsOf} from './events.ts'

/**
 * PagerDuty cannot be had in a test: this is a contract server, written from what it publishes
 * (developer.pagerduty.com/docs/events-api-v2), which refuses what that says is refused.
 */
const pagerdutyEvent = z.strictObject({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().max(255).optional(),
  client: z.string().optional(),
  payload: z
    .strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: z.string(),
      group: z.string(),
      class: z.string(),
      custom_details: z.record(z.string(), z.unknown()),
    })
    .optional(),
})

let server: ContractServer
beforeAll(async () => {
  server = await startContractServer(({body}) => {
    const event = pagerdutyEvent.safeParse(body)
    return event.success && (event.data.event_action !== 'trigger' || event.data.payload !== undefined)
      ? [202, {status: 'success', message: 'Event processed', dedup_key: event.data.dedup_key}]
      : [400, {status: 'invalid event', message: 'Event object is invalid', errors: ['bad']}]
  })
})
afterAll(() => server.stop())

const rehearse = async (channel: Record<string, unknown>) => {
  const config = alertsSchema.parse({channels: [{name: 'c', ...channel}]})
  const opened = openChannels(config.channels, {...probeTools, fetch})
  const [result] = await rehearseAlert(opened, config, 'prod', systemClock)
  return result
}
const KEY = 'e93facc04764012d7bfb002500d5d1a6'

test('a rehearsal is an event that says that it is one, and is resolved at once', async () => {
  expect(await rehearse({type: 'pagerduty', routingKey: KEY, url: `${server.origin}/v2/enqueue`})).toMatchObject({
    outcome: 'delivered',
  })
  expect(server.received.map(({body}) => body)).toMatchObject([
    {event_action: 'trigger', payload: {severity: 'info', summary: expect.stringMatching(/^TEST, nothing is wrong/)}},
    {event_action: 'resolve'},
  ])
})

test('a key that is none is a failed delivery that does not say the key', async () => {
  const result = await rehearse({type: 'pagerduty', routingKey: 'short-secret', url: `${server.origin}/v2/enqueue`})
  expect(result?.outcome).toMatch(/^failed: the receiver answered 400: .*invalid event/)
  expect(result?.outcome).not.toContain('short-secret')
})

test('every alert of a group is an incident of its own, and ends by the same key', () => {
  const one = {severity: 'critical', target: 'service/prod/web', summary: 'down'} as const
  const notification = {
    ...one,
    id: 'down:service/prod/web',
    others: [{...one, id: `down:service/prod/${'x'.repeat(300)}`}],
    test: false,
    since: '2026-11-26T10:00:00.000Z',
    environment: 'prod',
    rule: 'down',
    reason: 'down',
    flapping: false,
  }
  const keys = (state: 'firing' | 'superseded') => {
    const more = {labels: {team: 'shop'}, runbook: {name: 'restart', params: {}}}
    const events = eventsOf({...notification, ...more, state} as unknown as Notification, KEY)
    for (const event of events) expect(pagerdutyEvent.safeParse(event).error).toBeUndefined()
    if (state === 'firing')
      expect(events[0]?.payload?.custom_details).toMatchObject({
        labels: {team: 'shop'},
        plan: 'opsconsole plan restart --env prod',
      })
    return events.map(event => [event.event_action, event.dedup_key])
  }
  const [first, second] = keys('firing')
  expect(keys('superseded')).toEqual([
    ['resolve', first?.[1]],
    ['resolve', second?.[1]],
  ])
  expect(first).toEqual(['trigger', 'down:service/prod/web'])
})
