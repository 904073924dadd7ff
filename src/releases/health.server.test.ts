import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {instanceHealth} from './health.ts'
import {request} from './request.ts'

let server: Server
let url = ''
beforeAll(async () => {
  server = createServer((incoming, answer) => {
    const status = {'/moved': 302, '/base/sick': 503}[incoming.url ?? ''] ?? 200
    answer.writeHead(status, status === 302 ? {location: '/login'} : {}).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const ask = (instance: {url: string; health?: string}, signal = new AbortController().signal) =>
  instanceHealth(instance, {request, timeoutMs: 5000, signal})

test('an instance is healthy when its health path answers 200', async () => {
  expect(await ask({url})).toEqual({ok: true, reason: 'answers'})
})
test('the path is below the address of the instance, for runbooks as for deploys', async () => {
  expect(await ask({url: `${url}/base`, health: '/sick'})).toEqual({
    ok: false,
    reason: '/sick answered 503 Service Unavailable',
  })
})
test('a redirect, to a login page for instance, is not health', async () => {
  expect(await ask({url, health: '/moved'})).toEqual({ok: false, reason: '/moved answered 302 Found'})
})
test('one that is not there says so without its port, and an abort is no verdict', async () => {
  expect(await ask({url: 'http://127.0.0.1:1'})).toEqual({ok: false, reason: 'does not answer: ECONNREFUSED'})
  await expect(ask({url}, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
})
