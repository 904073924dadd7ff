import type {RequestListener, Server} from 'node:http'
import {gzipSync} from 'node:zlib'
import {createServer} from 'node:http'
import {createServer as createSecureServer} from 'node:https'
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import type {AddressInfo} from 'node:net'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {deadline, probeTools} from '../../../test/probe-tools.ts'
import {openHttpProbe} from './probe.ts'
import {httpProbeSchema} from './schema.ts'

const cleanups: (() => void)[] = []
afterAll(() => cleanups.forEach(clean => clean()))

async function serve(answer: RequestListener, port = 0): Promise<{url: string; server: Server; port: number}> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const used = (server.address() as AddressInfo).port
  return {url: `http://127.0.0.1:${used}/`, server, port: used}
}

const open = (spec: Record<string, unknown>) => {
  const probe = openHttpProbe(httpProbeSchema.parse({type: 'http', ...spec}), probeTools)
  cleanups.push(() => void probe.close?.())
  return probe
}

test('a good answer is up, with the phases of the probe and an address without credentials', async () => {
  const {port} = await serve((_, response) => response.end('hello'))
  const probe = open({url: `http://user:hunter22@127.0.0.1:${port}/shop?token=abc`})
  const result = await probe.run(deadline(5000))
  expect(result).toMatchObject({status: 'up', reason: '200 OK', detail: {address: `http://127.0.0.1:${port}/shop`}})
  expect(result.latencyMs).toBeGreaterThan(0)
  expect(result.detail).toHaveProperty('phases.connect')
  expect(JSON.stringify(result)).not.toContain('hunter22')
})

test('no connection is kept where the next probe comes in 10 s or later', async () => {
  const asked: (string | undefined)[] = []
  const {url, server} = await serve((request, response) => {
    asked.push(request.headers.connection)
    response.end('ok')
  })
  let connections = 0
  server.on('connection', () => (connections += 1))
  let now = 0
  const clock = {now: () => now, monotonic: () => now}
  const probe = openHttpProbe(httpProbeSchema.parse({type: 'http', url}), {...probeTools, clock})
  cleanups.push(() => void probe.close?.())
  for (let run = 0; run < 3; run += 1, now += 9_800) expect((await probe.run(deadline(5000))).status).toBe('up')
  expect({connections, asked}).toEqual({connections: 3, asked: ['close', 'close', 'close']})
})

test('the connection is kept between probes of a fast rhythm, and a server that closed it meanwhile is not called down', async () => {
  let connections = 0
  const {url, server} = await serve((_, response) => response.end('ok'))
  server.on('connection', () => (connections += 1))
  const probe = open({url})
  // Of the first probe nobody knows when the next one comes.
  for (let run = 0; run < 6; run += 1) expect((await probe.run(deadline(5000))).status).toBe('up')
  expect(connections).toBe(2)
  server.closeAllConnections()
  expect((await probe.run(deadline(5000))).status).toBe('up')
  expect(connections).toBe(3)
})

test.each([
  [500, {}, 'down', 'answered 500 Internal Server Error'],
  [204, {}, 'up', '204 No Content'],
  [401, {status: 401}, 'up', '401 Unauthorized'],
  [302, {}, 'down', 'answered 302 Found to /login'],
])('status %i with expectation %j is %s', async (code, expected, status, reason) => {
  const {url} = await serve((_, response) => response.writeHead(code, {location: '/login?secret=1'}).end())
  expect(await open({url, expect: expected}).run(deadline(5000))).toMatchObject({
    status,
    reason: code === 302 ? reason : expect.stringContaining(reason.split(' to ')[0] ?? ''),
  })
})

test('redirects are followed when asked to, without taking configured headers to another origin', async () => {
  const seen: (string | undefined)[] = []
  const other = await serve((request, response) => {
    seen.push(request.headers['x-key'] as string | undefined)
    response.end('landed')
  })
  const {url} = await serve((request, response) => {
    seen.push(request.headers['x-key'] as string | undefined)
    response.writeHead(302, {location: request.url === '/' ? '/again' : other.url}).end()
  })
  const result = await open({url, follow: true, headers: {'X-Key': 'sesame'}, expect: {body: 'landed'}}).run(
    deadline(5000),
  )
  expect(result.status).toBe('up')
  expect(seen).toEqual(['sesame', 'sesame', undefined])
})

test('a redirect that never ends is down', async () => {
  const {url} = await serve((_, response) => response.writeHead(302, {location: '/'}).end())
  expect(await open({url, follow: true}).run(deadline(5000))).toMatchObject({
    status: 'down',
    reason: 'more than 5 redirects',
  })
})

test('a health document becomes rows, and its version is the one that answers', async () => {
  const document = {
    status: 'degraded',
    version: '2.0.1',
    checks: {database: {status: 'up'}, redis: {status: 'down', error: 'refused'}},
  }
  const {url} = await serve((_, response) => response.end(JSON.stringify(document)))
  expect(await open({url}).run(deadline(5000))).toMatchObject({
    status: 'degraded',
    reason: 'redis: refused',
    version: '2.0.1',
    checks: [
      {name: 'database', status: 'up'},
      {name: 'redis', status: 'down'},
    ],
  })
})

test('a document that says ok over a failing check is degraded; a refused status is down and says which check', async () => {
  let code = 200
  const {url} = await serve((_, response) =>
    response.writeHead(code).end(JSON.stringify({status: 'ok', checks: {database: 'fail'}})),
  )
  const probe = open({url})
  expect((await probe.run(deadline(5000))).status).toBe('degraded')
  code = 503
  expect(await probe.run(deadline(5000))).toMatchObject({
    status: 'down',
    reason: 'answered 503 Service Unavailable; database: fail',
  })
})

test('body and JSON expectations say what was found', async () => {
  const {url} = await serve((_, response) => response.end('{"a":{"b":"no"}}'))
  expect(await open({url, expect: {json: {'a.b': 'yes'}}}).run(deadline(5000))).toMatchObject({
    status: 'down',
    reason: 'a.b is "no", expected "yes"',
  })
  expect(await open({url, expect: {body: '^hello'}}).run(deadline(5000))).toMatchObject({status: 'down'})
  expect(await open({url, expect: {json: {'a.b': 'no'}}}).run(deadline(5000))).toMatchObject({status: 'up'})
})

test('a server that hangs, in the headers or in the body, is down at the deadline with its reason', async () => {
  const {url} = await serve((request, response) => {
    if (request.url === '/body') response.write('half')
  })
  const reason = 'no answer within 100 ms'
  expect(await open({url}).run(deadline(100))).toMatchObject({status: 'down', reason})
  expect(await open({url: `${url}body`}).run(deadline(100))).toMatchObject({status: 'down', reason})
})

test('an endless body is cut, not read for ever', async () => {
  const {url} = await serve((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  })
  expect(await open({url}).run(deadline(10_000))).toMatchObject({status: 'up'})
})

test('nobody there is down in words; killed and started again under the probe, it recovers', async () => {
  const first = await serve((_, response) => response.end('ok'))
  const probe = open({url: first.url})
  expect((await probe.run(deadline(5000))).status).toBe('up')
  first.server.closeAllConnections()
  await new Promise(resolve => first.server.close(resolve))
  expect(await probe.run(deadline(5000))).toMatchObject({
    status: 'down',
    reason: `connection refused: 127.0.0.1:${first.port}`,
  })
  await serve((_, response) => response.end('ok'), first.port)
  expect((await probe.run(deadline(5000))).status).toBe('up')
})

test('hostile text from a server is made visible and bounded', async () => {
  const {url} = await serve((_, response) =>
    response.end(
      JSON.stringify({status: 'down', checks: {['a\u001b]0;x\u0007']: {status: 'down', error: 'y'.repeat(9999)}}}),
    ),
  )
  const result = await open({url}).run(deadline(5000))
  expect(result.reason.length).toBeLessThanOrEqual(300)
  expect(JSON.stringify(result)).not.toMatch(/[\u0000-\u001f]|\\u001b|\\u0007/)
})

test('a certificate that nobody vouches for is down in words', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-tls-'))
  cleanups.push(() => rmSync(dir, {recursive: true, force: true}))
  const [key, cert] = [path.join(dir, 'key.pem'), path.join(dir, 'cert.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '5', '-subj', '/CN=x'],
    {stdio: 'ignore'},
  )
  const server = createSecureServer({key: readFileSync(key), cert: readFileSync(cert)}, (_, response) =>
    response.end('ok'),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  expect(await open({url}).run(deadline(5000))).toMatchObject({status: 'down', reason: 'certificate is self-signed'})
})

test('an expected coding is asked for, and the size is that of the coded body', async () => {
  const page = Buffer.from('x'.repeat(100_000))
  const {url} = await serve((request, response) => {
    const isAsked = /\bgzip\b/.test(String(request.headers['accept-encoding']))
    response.writeHead(200, isAsked ? {'content-encoding': 'gzip'} : {}).end(isAsked ? gzipSync(page) : page)
  })
  const probe = (expect: object) => open({url, expect}).run(deadline(5000))
  expect(await probe({headers: {'Content-Encoding': 'br|gzip'}, maxSize: '73kb'})).toMatchObject({status: 'up'})
  expect(await probe({maxSize: '73kb'})).toMatchObject({
    status: 'degraded',
    reason: expect.stringContaining('at most 73 KB expected'),
  })
})

test.each([
  [{'Cache-Control': 'no-store'}, 'up', '200 OK'],
  [{'cache-control': 'NO-STORE'}, 'up', '200 OK'],
  [{'Cache-Control': 'max-age=\\d+'}, 'degraded', 'header Cache-Control is "no-store", expected /max-age=\\d+/'],
  [
    {'Strict-Transport-Security': 'max-age'},
    'degraded',
    'header Strict-Transport-Security is missing, expected /max-age/',
  ],
])('headers that should be %j: %s', async (headers, status, reason) => {
  const {url} = await serve((_, response) => response.writeHead(200, {'cache-control': 'no-store'}).end('ok'))
  expect(await open({url, expect: {headers}}).run(deadline(5000))).toMatchObject({status, reason})
})

test('a redirect to HTTPS can be what is expected', async () => {
  const {url} = await serve((request, response) =>
    response.writeHead(301, {location: request.url === '/' ? 'https://shop.example/' : 'http://shop.example/'}).end(),
  )
  const wanted = {status: 301, headers: {Location: '^https:'}}
  expect((await open({url, expect: wanted}).run(deadline(5000))).status).toBe('up')
  expect(await open({url: `${url}old`, expect: wanted}).run(deadline(5000))).toMatchObject({
    status: 'degraded',
    reason: expect.stringContaining('header Location is "http://shop.example/"'),
  })
})

test('headers of 40 KB are read; more than 64 KB are down with that as the reason', async () => {
  const {url} = await serve((request, response) =>
    response.writeHead(200, {'x-much': 'x'.repeat(request.url === '/' ? 40_000 : 80_000)}).end('ok'),
  )
  expect((await open({url}).run(deadline(5000))).status).toBe('up')
  expect(await open({url: `${url}more`}).run(deadline(5000))).toMatchObject({
    status: 'down',
    reason: expect.stringContaining('answers with more headers than are read (64 KB)'),
  })
})
