import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {freePorts} from '../../../lab/ports.ts'
import type {ResolveSecret} from '../../../config/fields.ts'
import {systemClock} from '../../../units/clock.ts'
import {alertsSchema} from '../../config.ts'
import {rehearseAlert} from '../../rehearse.ts'
import {channels} from '../registry.ts'
import {webhookChannel} from './driver.ts'
import type {Notification} from '../channel.ts'
import {webhookChannelSchema} from './schema.ts'
import {fillTemplate, templateProblem} from './template.ts'
import {probeTools} from '../../../../test/probe-tools.ts'

/** As receivers really answer. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  '/broken': [500, 'ok'],
  '/no': [200, '{"ok":false,"error":"invalid_auth"}'],
  '/no-success': [200, '{"success":false,"message":"unknown room"}'],
  '/yes': [200, '{"ok":true,"error":null}'],
  '/null': [200, '{"error":null,"id":7}'],
  '/page': [200, '<!doctype html><title>Sign in</title>'],
  '/moved': [308, ''],
  '/busy': [429, 'rate limited'],
}
const received: {authorization: string | undefined; body: string}[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    received.push({authorization: request.headers.authorization, body})
    const [status = 202, said = 'received, thank you'] = ANSWERS[request.url ?? ''] ?? []
    if (request.url !== '/hang') response.writeHead(status, {location: '/', 'retry-after': '60'}).end(said)
  })
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const SECRETS: Record<string, string> = {TOKEN: 'open-sesame-token'}
const rehearse = async (written: readonly Record<string, unknown>[]) => {
  const config = alertsSchema.parse({channels: written})
  const secret: ResolveSecret = async ref =>
    typeof ref === 'string' ? ref : 'env' in ref ? (SECRETS[ref.env] ?? '') : ''
  const open = await channels.load()
  const opened = config.channels.map(channel => open(channel, {secret, fetch, exec: probeTools.exec}))
  return rehearseAlert(opened, config, 'prod', systemClock)
}
const url = (at: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${at}`

test('a webhook gets a POST with its token in the header and not in the payload', async () => {
  const [result] = await rehearse([{type: 'webhook', name: 'hook', url: url('/'), token: {env: 'TOKEN'}}])
  expect(result).toMatchObject({delivered: true, outcome: 'delivered'})
  expect(result?.delayMs).toBeGreaterThan(0)
  expect(received.at(-1)?.authorization).toBe('Bearer open-sesame-token')
  expect(received.at(-1)?.body).not.toContain('sesame')
})

test('a channel that refuses, is not there or hangs says so, and does not stop the others', async () => {
  const [closed] = await freePorts(1)
  const results = await rehearse([
    {type: 'webhook', name: 'broken', url: url('/broken')},
    {type: 'webhook', name: 'gone', url: `http://127.0.0.1:${closed}/`},
    {type: 'webhook', name: 'hangs', url: url('/hang'), timeout: '200ms'},
    {type: 'webhook', name: 'good', url: url('/')},
  ])
  expect(results.map(({channel, delivered, outcome}) => [channel, delivered, outcome])).toEqual([
    ['broken', false, 'failed: the receiver answered 500: ok'],
    ['gone', false, expect.stringMatching(/^failed: connection refused/)],
    ['hangs', false, 'failed: no answer within 200ms'],
    ['good', true, 'delivered'],
  ])
})

test.each([
  ['/no', 'failed: the receiver did not accept it: invalid_auth'],
  ['/no-success', 'failed: the receiver did not accept it: unknown room'],
  ['/yes', 'delivered'],
  ['/null', 'delivered'],
  ['/page', 'failed: the receiver answered with a web page; is the url that of an incoming webhook?'],
  ['/moved', 'failed: the receiver answered 308: redirects are not followed'],
  ['/busy', expect.stringMatching(/^failed: the receiver accepts no more messages for 59s$|^failed: .* for 1m/)],
])('an answer of %s is: %s', async (at, outcome) => {
  const [result] = await rehearse([{type: 'webhook', name: 'hook', url: url(at)}])
  expect(result?.outcome).toEqual(outcome)
  expect(result?.delivered).toBe(outcome === 'delivered')
})

test('its url can be a secret, and text says what the document carries for receivers that show one line', async () => {
  SECRETS['HOOK'] = url('/')
  const [result] = await rehearse([
    {type: 'webhook', name: 'hook', url: {env: 'HOOK'}, text: '{severity} at {environment}: {reason} <{rule}>'},
  ])
  expect(result).toMatchObject({delivered: true})
  expect(JSON.parse(received.at(-1)?.body ?? '')).toMatchObject({
    version: 1,
    rule: 'down',
    text: expect.stringMatching(/^TEST, nothing is wrong: critical at prod: down: this is a test.* <down>$/),
  })
})

test('labels and what shows the plan of the runbook can be in its text; the document has both', () => {
  const fires = {state: 'firing', environment: 'prod', runbook: {name: 'restart', params: {release: 'web'}}}
  const notification = {...fires, labels: {team: 'shop', constructor: 'x'}} as unknown as Notification
  const filled = fillTemplate('{labels.team}/{labels.none}/{labels.toString}: {labels}; {plan}', notification)
  expect(filled).toBe('shop//: team=shop constructor=x; opsconsole plan restart -p release=web --env prod')
  expect(templateProblem('{labels.team} {plan}')).toBeUndefined()
})

test('of its url only the host is shown; another scheme and a hole that is none are refused', () => {
  const spec = (more: Record<string, unknown>) => webhookChannelSchema.parse({type: 'webhook', name: 'x', ...more})
  const key = 'services/T00/B00/SECRETTOKEN'
  expect(webhookChannel.address?.(spec({url: `https://hooks.example.com/${key}`}))).toBe('hooks.example.com')
  expect(webhookChannel.address?.(spec({url: {env: 'HOOK'}}))).toBe('from $HOOK')
  const issues = webhookChannel.check?.(spec({url: 'ftp://x/', text: '{summary}: {severty}'})) ?? []
  expect(issues.map(({path, message}) => [path, message()])).toEqual([
    [['url'], 'should be a https:// or http:// URL'],
    [['text'], 'has no field {severty}, did you mean {severity}?'],
  ])
})
