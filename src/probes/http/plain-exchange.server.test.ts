import {createServer, type Socket} from 'node:net'
import type {AddressInfo} from 'node:net'
import {afterAll, expect, test} from 'vitest'
import {deadline, probeTools} from '../../../test/probe-tools.ts'
import {type Call, exchange} from './exchange.ts'
import {plainRequest} from './plain-request.ts'
import {openHttpProbe} from './probe.ts'
import {httpClient} from './request.ts'
import {httpProbeSchema} from './schema.ts'

const cleanups: (() => void)[] = []
afterAll(() => cleanups.forEach(clean => clean()))

/** A server that knows nothing of HTTP: `answer` is called for each piece that comes, with the connection's number. */
async function serve(answer: (socket: Socket, number: number, text: string) => void): Promise<string> {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    const number = (connections += 1)
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', text => answer(socket, number, text.toString('latin1')))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const open = (url: string) => {
  const probe = openHttpProbe(httpProbeSchema.parse({type: 'http', url}), probeTools)
  cleanups.push(() => void probe.close?.())
  return probe
}
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const callOf = (url: string, more: Partial<Call> = {}): Call => ({
  url: new URL(url),
  method: 'GET',
  headers: {},
  clock: probeTools.clock,
  keeps: false,
  ...more,
})

test.each([
  ['no header of its own', {}],
  [
    'headers that are configured',
    {headers: {authorization: 'Bearer abc', 'accept-encoding': 'br, gzip', accept: 'text/plain'}},
  ],
  ['HEAD', {method: 'HEAD'}],
])('it says what Node would say: %s', async (_, more: Partial<Call>) => {
  const said: string[] = []
  const url = `${await serve((socket, __, text) => {
    said.push(text)
    socket.end('HTTP/1.1 204 No Content\r\n\r\n')
  })}a%20b?c=d#e`
  const call = callOf(url, more)
  expect(plainRequest(call)).toBeDefined()
  await httpClient().send(call, deadline(60_000))
  await exchange(call, deadline(60_000), {
    host: call.url.hostname,
    port: call.url.port,
    path: `${call.url.pathname}${call.url.search}`,
    agent: false,
  })
  expect(said[0]).toContain('GET /a%20b?c=d HTTP/1.1'.slice(call.method === 'GET' ? 0 : 3))
  expect(said).toEqual([said[0], said[0]])
})

test.each([
  ['POST', {method: 'POST'}],
  ['a name and a password in the address', {url: new URL('http://me:secret@127.0.0.1/')}],
  ['TLS', {url: new URL('https://127.0.0.1/')}],
  ['a header by which Node decides how it sends', {headers: {expect: '100-continue'}}],
  ['a header that Node refuses', {headers: {'x-a': 'b\r\nc: d'}}],
])('Node asks itself with %s', (_, more: Partial<Call>) => {
  expect(plainRequest(callOf('http://127.0.0.1/', more))).toBeUndefined()
})

test.each([
  [
    'one letter at a time',
    (socket: Socket) => {
      const send = (at: number): void => {
        if (at < OK.length) socket.write(OK.slice(at, at + 1), () => setImmediate(send, at + 1))
      }
      send(0)
    },
    {status: 'up', reason: '200 OK'},
  ],
  [
    'its body one letter at a time',
    (socket: Socket) => {
      const body = JSON.stringify({status: 'ok', note: 'x'.repeat(200)})
      const text = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      const send = (at: number): void => {
        if (at < text.length) socket.write(text.slice(at, at + 1), () => setImmediate(send, at + 1))
      }
      socket.setNoDelay(true)
      socket.write(text.slice(0, -body.length), () => setImmediate(send, text.length - body.length))
    },
    {status: 'up', reason: '200 OK'},
  ],
  ['until it closes', (socket: Socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n{"status":"ok"}'), {status: 'up'}],
  [
    'an early hint first',
    (socket: Socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`),
    {status: 'up'},
  ],
  ['a header twice', (socket: Socket) => socket.write(OK.replace('\r\n', '\r\nX-A: b\r\nX-A: c\r\n')), {status: 'up'}],
  ['nothing, and closes', (socket: Socket) => socket.end(), {status: 'down', reason: 'connection reset'}],
  [
    'half a head, and closes',
    (socket: Socket) => socket.end('HTTP/1.1 200 O'),
    {status: 'down', reason: 'connection reset'},
  ],
  [
    'half a body, and closes',
    (socket: Socket) => socket.end(OK.slice(0, -1)),
    {status: 'down', reason: 'connection closed in the middle of the answer'},
  ],
  [
    'another protocol',
    (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    {status: 'down', reason: expect.stringContaining('Parse Error')},
  ],
  [
    'two lengths',
    (socket: Socket) => socket.write(OK.replace('\r\n', '\r\nContent-Length: 3\r\n')),
    {status: 'down', reason: expect.stringContaining('Parse Error')},
  ],
])('a server that answers %s', async (_, answer, wanted) => {
  const url = await serve(socket => void answer(socket))
  expect(await open(url).run(deadline(60_000))).toMatchObject(wanted)
})

test('what Node reads has the phases of the connection, too', async () => {
  const url = await serve(socket => void socket.end('HTTP/1.0 200 OK\r\n\r\nok'))
  expect((await open(url).run(deadline(60_000))).detail).toMatchObject({
    phases: {connect: expect.any(Number), firstByte: expect.any(Number), body: expect.any(Number)},
  })
})

test('a kept connection on which something came unasked is not used again', async () => {
  const used: number[] = []
  const url = await serve((socket, number) => {
    used.push(number)
    socket.write(OK)
    if (number === 2) setTimeout(() => socket.write('HTTP/1.1 500 Never Asked\r\nContent-Length: 0\r\n\r\n'), 20)
  })
  const probe = open(url)
  for (let run = 0; run < 2; run += 1) expect((await probe.run(deadline(60_000))).status).toBe('up')
  await expect
    .poll(async () => ((await probe.run(deadline(60_000))).status === 'up' ? used.at(-1) : 'down'), {
      timeout: 60_000,
      interval: 50,
    })
    .toBe(3)
})

test('a connection that the server keeps for a second is not used again', async () => {
  const used: number[] = []
  const url = await serve((socket, number) => {
    used.push(number)
    socket.write(OK.replace('\r\n', '\r\nConnection: keep-alive\r\nKeep-Alive: timeout=1\r\n'))
  })
  const probe = open(url)
  for (let run = 0; run < 3; run += 1) expect((await probe.run(deadline(60_000))).status).toBe('up')
  expect(used).toEqual([1, 2, 3])
})

test('a probe that is closed keeps no connection, though it ended later', async () => {
  let sockets = 0
  const url = await serve(socket => {
    sockets += 1
    socket.on('close', () => (sockets -= 1))
    setTimeout(() => socket.write(OK), 20)
  })
  const client = httpClient()
  const asked = client.send(callOf(url, {keeps: true}), deadline(60_000))
  client.close()
  expect((await asked).status).toBe(200)
  await expect.poll(() => sockets, {timeout: 60_000}).toBe(0)
})
