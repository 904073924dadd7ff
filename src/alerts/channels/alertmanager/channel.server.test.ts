import {afterAll, beforeAll, expect, test} from 'vitest'
import {probeTools} from '../../../../test/probe-tools.ts'
import {startAlertmanager, type TestAlertmanager} from '../../../../test/servers/alertmanager.ts'
import type {Notification} from '../channel.ts'
import {openAlertmanagerChannel} from './channel.ts'
import {alertmanagerChannelSchema} from './schema.ts'

let server: TestAlertmanager
let origin = ''
beforeAll(async () => {
  server = await startAlertmanager()
  origin = server.url
}, 90_000)
afterAll(() => server.stop())

const channel = (more: Record<string, unknown> = {}) =>
  openAlertmanagerChannel(alertmanagerChannelSchema.parse({type: 'alertmanager', name: 'am', url: origin, ...more}), {
    ...probeTools,
    fetch,
  })
const alerts = async () =>
  (await (await fetch(`${origin}/api/v2/alerts`)).json()) as readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly generatorURL: string
    readonly status: {readonly state: string}
  }[]
const web = {
  id: 'down:service/prod/web',
  severity: 'critical',
  target: 'service/prod/web',
  summary: 'down: refused',
} as const
const notification = (state: Notification['state']): Notification => ({
  ...web,
  version: 1,
  rule: 'down',
  environment: 'prod',
  state,
  reason: 'down: refused (3 failed probes in a row)',
  text: 'FIRING critical: service/prod/web: down',
  flapping: false,
  fallbackFor: null,
  since: new Date(Date.now() - 60_000).toISOString(),
  firedAt: null,
  resolvedAt: null,
  sentAt: new Date().toISOString(),
  test: false,
  others: [{...web, id: 'down:service/prod/api', target: 'service/prod/api'}],
})

test('alerts of a group are alerts of their own there, with their labels, and end by the same', async () => {
  const to = channel({generatorURL: 'https://wiki.example.com/opsconsole'})
  await to.deliver(notification('firing'), AbortSignal.timeout(30_000))
  await expect
    .poll(async () => new Set((await alerts()).map(({labels}) => labels['name'])), {timeout: 30_000})
    .toEqual(new Set(['api', 'web']))
  expect((await alerts()).find(({labels}) => labels['name'] === 'web')).toMatchObject({
    labels: {alertname: 'down', severity: 'critical', environment: 'prod', kind: 'service', source: 'opsconsole'},
    annotations: {summary: 'down: refused', opsconsole_id: 'down:service/prod/web'},
    generatorURL: 'https://wiki.example.com/opsconsole',
    status: {state: expect.stringMatching(/active|unprocessed/)},
  })
  await to.deliver(notification('resolved'), AbortSignal.timeout(30_000))
  await expect.poll(async () => (await alerts()).length, {timeout: 30_000}).toBe(0)
})

test('the labels of its rule are there, and an alert whose severity or labels changed is there once, and ends', async () => {
  const [id, target] = ['full:service/prod/db', 'service/prod/db']
  const own = {id, target, rule: 'full', others: []}
  const sent = (more: Partial<Notification>) =>
    channel().deliver({...notification('firing'), ...own, ...more}, AbortSignal.timeout(30_000))
  const there = async () =>
    (await alerts())
      .filter(({labels}) => labels['name'] === 'db')
      .map(({labels}) => [labels['severity'], labels['team'], labels['k8s_pod']])
  await sent({severity: 'warning', labels: {team: 'shop', 'k8s.pod': 'db-1', name: 'not this', none: ''}})
  await expect.poll(there, {timeout: 30_000}).toEqual([['warning', 'shop', 'db-1']])
  await sent({severity: 'critical', labels: {team: 'data'}, runbook: {name: 'restart', params: {service: 'db'}}})
  await expect.poll(there, {timeout: 30_000}).toEqual([['critical', 'data', undefined]])
  expect((await alerts()).find(({labels}) => labels['name'] === 'db')?.annotations).toMatchObject({
    plan: 'opsconsole plan restart -p service=db --env prod',
  })
  await sent({state: 'resolved', severity: 'info'})
  await expect.poll(there, {timeout: 30_000}).toEqual([])
})

test('what it refuses, and one that is not there, are failed deliveries', async () => {
  const wrong = {...notification('firing'), since: 'never'}
  await expect(channel().deliver(wrong, AbortSignal.timeout(30_000))).rejects.toThrow(/^the receiver answered 4\d\d/)
  const elsewhere = channel({url: `${origin}/elsewhere`})
  await expect(elsewhere.deliver(notification('firing'), AbortSignal.timeout(30_000))).rejects.toThrow(/404/)
})
