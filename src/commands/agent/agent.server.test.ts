import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {eventually, probeTools} from '../../../test/probe-tools.ts'
import {channels} from '../../alerts/channels/registry.ts'
import {alertsSchema} from '../../alerts/config.ts'
import {createAlertEngine} from '../../alerts/engine.ts'
import type {AuditEntry} from '../../audit/record.ts'
import {serviceSchema} from '../../services/config.ts'
import {parseListen} from '../../monitors/endpoint.ts'
import {createMonitor} from '../../monitors/monitor.ts'
import {serviceTargets} from '../../services/target.ts'
import {probes} from '../../probes/registry.ts'
import {alertStore} from '../../store/alerts.ts'
import {monitorLease} from '../../store/lease.ts'
import {openStore} from '../../store/open.ts'
import {sampleHistory} from '../../store/samples.ts'
import {systemClock} from '../../units/clock.ts'
import type {CommandContext} from '../command.ts'
import {forgetfulRecords} from '../../kinds/records.ts'
import {command} from './run.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-agent-'))
let healthy = true
const app = createServer((_, response) => {
  response.writeHead(healthy ? 200 : 503).end(JSON.stringify({status: healthy ? 'ok' : 'fail', version: '1.2.3'}))
})
beforeAll(() => new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  app.closeAllConnections()
  app.close()
  rmSync(dir, {recursive: true, force: true})
})

test('the agent watches a real service, serves metrics and health, tells a channel of the fault, ends cleanly', async () => {
  const port = (app.address() as AddressInfo).port
  const probe = {type: 'http', url: `http://127.0.0.1:${port}/`}
  const services = [
    {...serviceSchema.parse({name: 'web', interval: '200ms', timeout: '1s', probe}), environment: 'prod'},
  ]
  const file = path.join(dir, 'alerts.jsonl')
  const config = alertsSchema.parse({channels: [{type: 'file', name: 'log', path: file}]})
  const store = openStore(dir)
  const alerts = alertStore(store.database)
  const records: AuditEntry[] = []
  const [openChannel, openProbe] = await Promise.all([channels.load(), probes.load()])
  const opened = config.channels.map(channel => openChannel(channel, {...probeTools, fetch}))
  const record = (entry: AuditEntry): void => void records.push(entry)
  const monitor = createMonitor({
    targets: serviceTargets({services}, {openProbe: spec => openProbe(spec, probeTools)}),
    history: sampleHistory(store.database),
    lease: monitorLease(store.database, 'agent'),
    alerts: createAlertEngine({config, alertStore: alerts, channels: opened, clock: systemClock, record}),
    clock: systemClock,
  })
  const stop = new AbortController()
  let said = ''
  const nothing = {alerts: {intake: [], runs: [], channels: []}, environments: [], heartbeats: []}
  const idle = {tend: () => undefined, idle: async () => undefined}
  const context = {
    caretaker: () => ({tend: async () => [{begun: true, message: 'run x ends blue of web: its time is over'}]}),
    starters: async () => ({schedules: idle, auto: () => idle}),
    timelines: () => ({add: () => undefined}),
    intake: () => ({config: () => nothing, clean: (text: string) => text, clock: systemClock}),
    config: () => nothing,
    engine: () => ({list: () => []}),
    records: forgetfulRecords(),
    monitor: async () => monitor,
    alertStore: () => alerts,
    matcher: () => probeTools.matcher,
    clock: systemClock,
    err: (text: string) => void (said += text),
    signal: stop.signal,
  }
  const ended = command.run({args: [], flags: {listen: '127.0.0.1:0'}}, context as unknown as CommandContext)
  const url = await eventually(() => {
    const found = /(http:\S+)\/metrics/.exec(said)?.[1]
    if (found === undefined) throw new Error(said)
    return found
  })
  const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text()
  await eventually(async () =>
    expect(await metrics()).toContain('opsconsole_target_up{kind="service",environment="prod",name="web"} 1'),
  )
  expect(await metrics()).toContain('opsconsole_lease_held 1')
  const coding = async (encoding: string) =>
    (await fetch(`${url}/metrics`, {headers: {'accept-encoding': encoding}})).headers.get('content-encoding')
  expect([await coding('gzip'), await coding('identity')]).toEqual(['gzip', null])
  expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({status: 'ok'})
  expect((await fetch(`${url}/metrics`, {method: 'POST'})).status).toBe(405)
  expect((await fetch(`${url}/other`)).status).toBe(404)

  // What it does by itself is begun by whoever watches, and said.
  await eventually(() => expect(said).toContain('run x ends blue of web: its time is over'))

  healthy = false
  const line = await eventually(() => JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '') as object)
  expect(line).toMatchObject({rule: 'down', state: 'firing', target: 'service/prod/web'})
  expect(await metrics()).toContain(
    'opsconsole_alert{rule="down",severity="critical",target="service/prod/web",state="firing"} 1',
  )
  healthy = true
  await eventually(() => expect(records.map(({action}) => action)).toContain('alert resolved'))
  stop.abort(new Error('SIGTERM'))
  expect(await ended).toMatchObject({exitCode: 0, data: {stopped: true, failures: []}})
  await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  expect(monitor.status().state).toBe('nobody')
  store.close()
})

test.each([
  ['127.0.0.1:9464', {host: '127.0.0.1', port: 9464}],
  ['9464', {host: '127.0.0.1', port: 9464}],
  [':9464', {host: '127.0.0.1', port: 9464}],
  ['[::1]:80', {host: '::1', port: 80}],
  ['0.0.0.0:1', {host: '0.0.0.0', port: 1}],
])('--listen %s is %j', (text, listen) => {
  expect(parseListen(text)).toEqual(listen)
})

test.each(['', 'host', 'a:b', '1.2.3.4:99999', 'a:b:1'])('--listen %j is refused', text => {
  expect(() => parseListen(text)).toThrow(/should be ADDRESS:PORT/)
})
