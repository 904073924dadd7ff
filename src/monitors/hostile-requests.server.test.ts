import {readFileSync} from 'node:fs'
import {connect, type Socket} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type Endpoint, serveEndpoint} from './endpoint.ts'
import {plainAnswer} from './route.ts'

/** Larger than what the system takes for a connection that nobody reads. */
const LARGE = 'x'.repeat(8 << 20)
let endpoint: Endpoint
const open = new Set<Socket>()

beforeAll(async () => {
  endpoint = await serveEndpoint(
    {host: '127.0.0.1', port: 0},
    [
      {path: '/metrics', methods: ['GET'], answer: () => plainAnswer(200, 'up 1')},
      {path: '/large', methods: ['GET'], answer: () => plainAnswer(200, LARGE)},
      {
        path: '/take',
        methods: ['POST'],
        bodyLimit: 100,
        answer: async ({body}) => plainAnswer(200, String(await body())),
      },
    ],
    {headers: 300, request: 600, check: 50, idle: 900},
  )
})
afterAll(async () => {
  for (const socket of open) socket.destroy()
  await endpoint.close()
})

const {host, port} = {host: '127.0.0.1', port: () => Number(new URL(endpoint.url).port)}

/** Says something and goes on saying it; resolves with all that came back when the server ends it. */
function talk(first: string, {more = ''} = {}): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port(), host)
    open.add(socket)
    let heard = ''
    socket.on('data', data => (heard += data.toString('latin1')))
    const talking = more === '' ? undefined : setInterval(() => socket.writable && socket.write(more), 40)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(talking)
      open.delete(socket)
      resolve(heard)
    })
    socket.write(first)
  })
}
const scrape = async (): Promise<string> => (await fetch(`${endpoint.url}/metrics`)).text()

test.each([
  ['says nothing', '', {}],
  ['says its headers letter by letter', 'GET /metrics HTTP/1.1\r\n', {more: 'x'}],
  ['never ends its headers', 'GET /metrics HTTP/1.1\r\nHost: a\r\n', {more: 'X-More: 1\r\n'}],
  ['sends its body letter by letter', 'POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n', {more: 'x'}],
])('whoever %s is let go, and others are answered meanwhile', async (_title, first, how) => {
  const held = Array.from({length: 40}, () => talk(first, how))
  expect(await scrape()).toBe('up 1\n')
  await Promise.all(held)
  expect(await scrape()).toBe('up 1\n')
})

/** Connections of the server that the system calls established, which is state 01. */
const established = (): number =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === '01' && Number.parseInt(local.split(':')[1] ?? '', 16) === port())
    .length

test('whoever asks and does not read is let go, and others are answered meanwhile', {timeout: 30_000}, async () => {
  for (let count = 0; count < 20; count += 1) {
    const socket = connect(port(), host, () => socket.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.on('error', () => undefined)
    socket.pause()
    open.add(socket)
  }
  await expect.poll(established).toBeGreaterThanOrEqual(20)
  expect(await scrape()).toBe('up 1\n')
  await expect.poll(established, {timeout: 25_000}).toBeLessThan(20)
  for (const socket of open) socket.destroy()
  open.clear()
})

test.each([
  ['headers of 100 kB', `GET /metrics HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1\.1 431/],
  ['no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n', /^HTTP\/1\.1 400/],
  [
    'two lengths',
    'POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
    /^HTTP\/1\.1 400/,
  ],
  [
    'a length and chunks',
    'POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1\.1 400/,
  ],
  ['a body that is too long', 'POST /take HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n', /^HTTP\/1\.1 413/],
  ['another path', 'GET /../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 404/],
  ['a whole address', 'GET http://[::bad/metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 400/],
  ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: a\r\n\r\n', /^$/],
  [
    'another protocol',
    'GET /metrics HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n',
    /^(?!HTTP\/1\.1 101)/,
  ],
])('%s is refused in a word', async (_title, said, answer) => {
  expect(await talk(said)).toMatch(answer)
  expect(await scrape()).toBe('up 1\n')
})
