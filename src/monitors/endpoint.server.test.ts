import {connect} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type Endpoint, serveEndpoint} from './endpoint.ts'
import {jsonAnswer, plainAnswer, RouteRefusal, type Route} from './route.ts'

const echo: Route = {
  path: '/echo/',
  methods: ['POST'],
  bodyLimit: 10,
  answer: async ({rest, query, body}) => jsonAnswer(200, {rest, q: query.get('q'), body: String(await body())}),
}
const exact: Route = {path: '/exact', methods: ['GET'], answer: () => plainAnswer(200, 'here')}
const broken: Route = {path: '/broken', methods: ['GET'], answer: () => Promise.reject(new Error('disk is full'))}
const refusing: Route = {
  path: '/refusing',
  methods: ['GET'],
  answer: () => {
    throw new RouteRefusal(401, 'no token')
  },
}

let endpoint: Endpoint
beforeAll(async () => {
  endpoint = await serveEndpoint({host: '127.0.0.1', port: 0}, [echo, exact, broken, refusing])
})
afterAll(() => endpoint.close())

const ask = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${endpoint.url}${path}`, init)
  return [response.status, (await response.text()).trim()]
}

test.each([
  ['/exact', 'GET', 200, 'here'],
  ['/exact', 'HEAD', 200, ''],
  ['/exact', 'POST', 405, 'only GET'],
  ['/exact/more', 'GET', 404, 'here are /echo/, /exact, /broken, /refusing'],
  ['/broken', 'GET', 500, 'disk is full'],
  ['/refusing', 'GET', 401, 'no token'],
])('%s by %s is answered with %i', async (path, method, status, text) => {
  expect(await ask(path, {method})).toEqual([status, text])
})

test('what follows a path, a query and a body arrive, and a longer body is refused', async () => {
  expect(await ask('/echo/a%2Fb?q=1', {method: 'POST', body: '0123456789'})).toEqual([
    200,
    '{"rest":"a%2Fb","q":"1","body":"0123456789"}',
  ])
  expect(await ask('/echo/', {method: 'POST', body: '0123456789!'})).toEqual([413, 'the body is longer than 10 bytes'])
})

test('a body that never says how long it is, is cut at the limit', async () => {
  const port = Number(new URL(endpoint.url).port)
  const socket = connect(port, '127.0.0.1')
  const said = new Promise<string>(resolve => {
    let text = ''
    socket.on('data', chunk => (text += String(chunk)))
    socket.on('close', () => resolve(text))
  })
  const chunk = 'a'.repeat(64)
  socket.write(`POST /echo/ HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n40\r\n${chunk}\r\n`)
  expect(await said).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i)
})
