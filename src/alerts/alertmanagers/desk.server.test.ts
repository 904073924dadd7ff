import {createServer, type RequestListener, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest'
import {probeTools} from '../../../test/probe-tools.ts'
import {startAlertmanager, type TestAlertmanager} from '../../../test/servers/alertmanager.ts'
import {escapeLine} from '../../text/escape.ts'
import {systemClock} from '../../units/clock.ts'
import {alertmanagerSchema} from './config.ts'
import {openDesk} from './desk.ts'
import type {Reading} from './reading.ts'

let server: TestAlertmanager
beforeAll(async () => {
  server = await startAlertmanager()
}, 90_000)
afterAll(() => server.stop())

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function deskAt(url: string, more: Record<string, unknown> = {}) {
  const kept = new Map<string, Reading>()
  const spec = alertmanagerSchema.parse({name: 'am', url, ...more})
  return openDesk({
    config: () => ({alerts: {alertmanagers: [spec], intake: []}, environments: [{name: 'prod'}]}),
    tools: {secret: probeTools.secret, fetch, clean: text => escapeLine(text, 500)},
    store: () => ({all: () => [...kept.values()], save: each => void kept.set(each.source, each)}),
    alertStore: () => ({since: () => []}),
    clock: systemClock,
  })
}
const signal = AbortSignal.timeout(120_000)
/** What an Alertmanager is sent is there a moment later. */
async function seen(desk: ReturnType<typeof deskAt>, name: string) {
  const found = async () => {
    await desk.readNow(signal)
    return desk.rows(Date.now()).find(({rule}) => rule === name)
  }
  await expect.poll(found, {timeout: 30_000, interval: 100}).toBeDefined()
  return (await found())!
}

test('its alerts are shown, acknowledged with author and comment, and the silence is listed and ended', async () => {
  await server.post([{labels: {alertname: 'Odd "quoted" \\ name', instance: 'db1', severity: 'critical'}}])
  const desk = deskAt(server.url)
  const row = await seen(desk, 'Odd "quoted" \\ name')
  expect(row).toMatchObject({source: 'am', severity: 'critical', environment: 'prod', acknowledged: undefined})
  const id = await desk.acknowledge(row.id, {by: 'ann', note: 'on it'}, signal)
  await expect
    .poll(async () => (await seen(desk, row.rule)).acknowledged, {timeout: 30_000})
    .toMatchObject({by: 'ann', note: 'on it'})
  expect(desk.silences(Date.now())).toMatchObject([
    {id, source: 'am', author: 'ann', reason: 'acknowledged: on it', state: 'active', matches: [row.id]},
  ])
  expect(desk.sourceOfSilence(id)).toBe('am')
  await desk.expire('am', id, signal)
  await expect.poll(async () => (await seen(desk, row.rule)).acknowledged, {timeout: 30_000}).toBeUndefined()
  expect(desk.sourceOfSilence(id)).toBeUndefined()
})

test('a silence by matchers of our flags holds what they mean', async () => {
  await server.post([
    {labels: {alertname: 'DiskFull', instance: 'a.b:1'}},
    {labels: {alertname: 'DiskFull', instance: 'axb:1'}},
  ])
  const desk = deskAt(server.url)
  await seen(desk, 'DiskFull')
  const matchers = [{name: 'instance', value: 'a\\.b.*', isRegex: true, isEqual: true}]
  const id = await desk.silenceMatching('am', matchers, {by: 'ben', reason: 'moving', forMs: 60_000}, signal)
  const held = async () => {
    await desk.readNow(signal)
    return desk.silences(Date.now()).find(silence => silence.id === id)?.matches.length
  }
  await expect.poll(held, {timeout: 30_000}).toBe(1)
})

test('one that is killed is no data, with what was known; after its return it is read again', async () => {
  await server.post([{labels: {alertname: 'Stays'}}])
  const desk = deskAt(server.url, {interval: '1ms'})
  await seen(desk, 'Stays')
  await server.kill()
  await desk.readNow(signal)
  const [first] = desk.rows(Date.now() + 10_000)
  expect(first).toMatchObject({rule: 'no data', summary: expect.stringContaining('connection refused')})
  await server.start()
  await server.post([{labels: {alertname: 'Stays'}}])
  await seen(desk, 'Stays')
}, 120_000)

/** A server that answers as it likes. */
async function hostile(answer: RequestListener): Promise<string> {
  const http: Server = createServer(answer)
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    http.closeAllConnections()
    return new Promise(resolve => http.close(resolve))
  })
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

test.each<[name: string, answer: RequestListener, words: RegExp]>([
  ['hangs', () => {}, /no answer within 500ms/],
  ['trickles for ever', (_, to) => void setInterval(() => to.write(' '), 20).unref(), /no answer within 500ms/],
  ['redirects', (_, to) => to.writeHead(302, {location: 'http://evil.example'}).end(), /redirects are not followed/],
  ['answers with a page', (_, to) => to.end('<html>login</html>'), /not JSON/],
  ['answers with an object', (_, to) => to.end('{"data": []}'), /not a list/],
  ['answers with nothing', (_, to) => to.end(''), /not a list/],
  ['has no such API', (_, to) => to.writeHead(404).end('404 page not found\n'), /404: 404 page not found/],
  ['speaks in escapes', (_, to) => to.writeHead(500).end('\u001b]52;c;x\u0007'), /500: \^\[\]52/],
  [
    'never ends',
    (_, to) => {
      const part = `[${'"x",'.repeat(100_000)}`
      const pour = (): void => void (to.writableEnded || to.destroyed || to.write(part, pour))
      pour()
    },
    /more than 16 MB|no answer within/,
  ],
])('one that %s is no data, and says why', async (_name, answer, words) => {
  const desk = deskAt(await hostile(answer), {timeout: '500ms'})
  await desk.readNow(signal)
  expect(desk.rows(Date.now())).toMatchObject([{rule: 'no data', summary: expect.stringMatching(words)}])
})

test('alerts stay readable where silences are forbidden, and a silence that is refused says so', async () => {
  const alert = {
    fingerprint: 'f1',
    labels: {alertname: 'A'},
    startsAt: new Date().toISOString(),
    status: {state: 'active'},
  }
  const url = await hostile((request, to) =>
    request.url === '/api/v2/alerts' ? to.end(JSON.stringify([alert])) : to.writeHead(403).end('read only'),
  )
  const desk = deskAt(url)
  await desk.readNow(signal)
  expect(desk.rows(Date.now())).toMatchObject([{id: 'am:A:f1'}])
  expect(desk.notices(Date.now())).toMatchObject([{text: expect.stringContaining('silences cannot be read')}])
  await expect(desk.acknowledge('am:A:f1', {by: 'ann', note: ''}, signal)).rejects.toMatchObject({
    code: 'alert/alertmanager',
    message: 'am: it answered 403: read only',
  })
})
