import type {ChildProcess} from 'node:child_process'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {probeTools} from '../../../../test/probe-tools.ts'
import {freePorts} from '../../../lab/ports.ts'
import type {Notification} from '../channel.ts'
import {openAlertmanagerChannel} from './channel.ts'
import {alertmanagerChannelSchema} from './schema.ts'

/** A real Alertmanager (Debian's prometheus-alertmanager, 0.25). */
const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-alertmanager-'))
let server: ChildProcess
let origin = ''
beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  origin = `http://127.0.0.1:${port}`
  writeFileSync(path.join(dir, 'config.yml'), 'route: {receiver: none}\nreceivers: [{name: none}]\n')
  server = spawn(
    '/usr/bin/prometheus-alertmanager',
    [
      `--config.file=${path.join(dir, 'config.yml')}`,
      `--storage.path=${path.join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    {stdio: 'ignore'},
  )
  await vi.waitFor(async () => expect((await fetch(`${origin}/-/ready`)).status).toBe(200), {
    timeout: 60_000,
    interval: 100,
  })
}, 90_000)
afterAll(async () => {
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
  rmSync(dir, {recursive: true, force: true})
})

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

test('what it refuses, and one that is not there, are failed deliveries', async () => {
  const wrong = {...notification('firing'), since: 'never'}
  await expect(channel().deliver(wrong, AbortSignal.timeout(30_000))).rejects.toThrow(/^the receiver answered 4\d\d/)
  const elsewhere = channel({url: `${origin}/elsewhere`})
  await expect(elsewhere.deliver(notification('firing'), AbortSignal.timeout(30_000))).rejects.toThrow(/404/)
})
