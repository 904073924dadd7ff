import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {freePorts} from '../../../lab/ports.ts'
import {systemClock} from '../../../units/clock.ts'
import {alertsSchema} from '../../config.ts'
import {rehearseAlert} from '../../rehearse.ts'
import {channels} from '../registry.ts'

const received: {authorization: string | undefined; body: string}[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    received.push({authorization: request.headers.authorization, body})
    if (request.url !== '/hang') response.writeHead(request.url === '/broken' ? 500 : 202).end('ok')
  })
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const rehearse = async (written: readonly Record<string, unknown>[]) => {
  const config = alertsSchema.parse({channels: written})
  const secret = async () => 'open-sesame-token'
  const opened = config.channels.map(channel => channels.open(channel, {secret, fetch}))
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
    ['broken', false, 'failed: the receiver answered 500'],
    ['gone', false, expect.stringMatching(/^failed: connection refused/)],
    ['hangs', false, 'failed: no answer within 200ms'],
    ['good', true, 'delivered'],
  ])
})
