import {readFileSync} from 'node:fs'
import net, {type AddressInfo, type Server} from 'node:net'
import tls, {type TlsOptions, type TLSSocket} from 'node:tls'
import {afterAll, expect, test} from 'vitest'
import {deadline, eventually, probeTools} from '../../../test/probe-tools.ts'
import {type Certificate, CertificateForge} from '../../../test/servers/certificate-forge.ts'
import {tlsProbe} from './driver.ts'
import {openTlsProbe} from './probe.ts'
import {tlsProbeSchema} from './schema.ts'

const forge = new CertificateForge()
const root = forge.make({name: 'Shop Root', authority: true, to: 3650})
const good = forge.make({name: 'shop.example', names: 'DNS:shop.example, DNS:www.shop.example, IP:127.0.0.1'}, root)
const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.close()
  forge.remove()
})

const pem = ({cert, key}: Certificate) => ({cert: readFileSync(cert), key: readFileSync(key)})

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return (server.address() as AddressInfo).port
}

async function serve(options: TlsOptions, onSecure: (socket: TLSSocket) => void = () => undefined) {
  const server = tls.createServer(options, socket => {
    socket.on('error', () => undefined)
    onSecure(socket)
  })
  server.on('tlsClientError', () => undefined)
  return {server, port: await listen(server)}
}

const plain = (talk: (socket: net.Socket) => void): Promise<number> =>
  listen(
    net.createServer(socket => {
      socket.on('error', () => undefined)
      talk(socket)
    }),
  )

const run = (port: number, spec: Record<string, unknown> = {}, ms = 10_000) => {
  const parsed = tlsProbeSchema.parse({
    type: 'tls',
    host: '127.0.0.1',
    port,
    serverName: 'shop.example',
    ca: root.cert,
    ...spec,
  })
  return openTlsProbe(parsed, probeTools).run(deadline(ms))
}

test('a certificate of a trusted authority for the right name is up, with what was agreed', async () => {
  const {port} = await serve(pem(good))
  const result = await run(port)
  expect(result).toMatchObject({
    status: 'up',
    reason: expect.stringMatching(/^certificate expires in 364 days \(\d{4}-\d\d-\d\d\), TLS 1\.3$/),
    values: {certificateDays: 364},
    detail: {address: `127.0.0.1:${port}`},
  })
  expect(result.checks.map(({name, status}) => [name, status])).toEqual([
    ['chain', 'up'],
    ['expiry', 'up'],
    ['name', 'up'],
    ['protocol', 'up'],
  ])
  expect(result.checks[0]?.detail).toBe('issued by Shop Root, trusted')
  expect(result.checks[3]?.detail).toMatch(/^TLS 1\.3, TLS_/)
})

test('an address is a name as well, and is never asked for by name', async () => {
  const asked: unknown[] = []
  const {port} = await serve(pem(good), socket => asked.push(socket.servername))
  expect(await run(port, {serverName: undefined})).toMatchObject({status: 'up'})
  expect(await run(port, {serverName: '127.0.0.2'})).toMatchObject({
    status: 'down',
    reason: 'certificate is for shop.example, www.shop.example, 127.0.0.1, not for 127.0.0.2',
  })
  await eventually(() => expect(asked).toEqual([false, false]))
})

test('the server is asked for the name, and may show another certificate for it', async () => {
  const other = forge.make({name: 'other.example', names: 'DNS:other.example'}, root)
  const {port, server} = await serve(pem(good))
  server.addContext('other.example', pem(other))
  expect(await run(port, {serverName: 'other.example'})).toMatchObject({status: 'up'})
  expect(await run(port, {serverName: 'none.example'})).toMatchObject({
    status: 'down',
    reason: 'certificate is for shop.example, www.shop.example, 127.0.0.1, not for none.example',
  })
})

test('a certificate that ends soon is degraded, sooner still is down, and after its end says since when', async () => {
  const soon = forge.make({name: 'shop.example', names: 'DNS:shop.example', to: 10}, root)
  const {port} = await serve(pem(soon))
  expect(await run(port, {degradedBefore: '5d'})).toMatchObject({status: 'up'})
  expect(await run(port)).toMatchObject({
    status: 'degraded',
    reason: expect.stringMatching(/^certificate expires in 9 days \(/),
    values: {certificateDays: 9},
  })
  expect(await run(port, {downBefore: '14d'})).toMatchObject({status: 'down'})
  const over = forge.make({name: 'shop.example', names: 'DNS:shop.example', from: -30, to: -3.5}, root)
  const expired = await serve(pem(over))
  expect(await run(expired.port)).toMatchObject({
    status: 'down',
    reason: expect.stringMatching(/^certificate expired 3 days ago \(\d{4}-\d\d-\d\d\)$/),
  })
})

test('an intermediate certificate that ends first is the one that counts, and its issuer is named', async () => {
  const between = forge.make({name: 'Shop Intermediate', authority: true, to: 6}, root)
  const leaf = forge.make({name: 'shop.example', names: 'DNS:shop.example'}, between)
  const whole = await serve({...pem(leaf), cert: readFileSync(forge.chain(leaf, between))})
  expect(await run(whole.port)).toMatchObject({
    status: 'degraded',
    reason: expect.stringMatching(/^certificate of the issuer Shop Intermediate expires in 5 days/),
  })
  const lacking = await serve(pem(leaf))
  expect(await run(lacking.port)).toMatchObject({
    status: 'down',
    reason:
      'issuer Shop Intermediate is neither trusted here nor sent along: the server lacks an intermediate certificate, or ca lacks the root',
  })
})

test('what is wrong with a chain is said in plain words', async () => {
  const own = forge.make({name: 'shop.example', names: 'DNS:shop.example'})
  const early = forge.make({name: 'shop.example', names: 'DNS:shop.example', from: 3, to: 300}, root)
  const [self, tooEarly, stranger] = await Promise.all([
    serve(pem(own)),
    serve(pem(early)),
    serve({...pem(good), cert: readFileSync(forge.chain(good, root))}),
  ])
  expect(await run(self.port)).toMatchObject({
    status: 'down',
    reason: 'certificate is self-signed: no authority vouches for it',
  })
  expect(await run(tooEarly.port)).toMatchObject({
    status: 'down',
    reason: expect.stringMatching(/^certificate is valid only from 2.*Z; is the clock of this machine right\?$/),
  })
  expect(await run(stranger.port, {ca: undefined})).toMatchObject({
    status: 'down',
    reason: 'the root of the chain of Shop Root is not trusted here; if it is yours, name its file in ca',
  })
  // A certificate that is trusted by its own file needs no authority.
  expect(await run(self.port, {ca: own.cert})).toMatchObject({status: 'up'})
})

test('two faults are both said', async () => {
  const both = forge.make({name: 'old.example', names: 'DNS:old.example', from: -9, to: -1.5}, root)
  const {port} = await serve(pem(both))
  expect(await run(port)).toMatchObject({
    status: 'down',
    reason: expect.stringMatching(
      /^certificate expired 1 day ago \(.*\); certificate is for old\.example, not for shop\.example$/,
    ),
  })
})

test('a renewed certificate is seen at once, and so are renewed authorities: no session is resumed', async () => {
  const resumed: boolean[] = []
  const old = forge.make({name: 'shop.example', names: 'DNS:shop.example', to: 3}, root)
  // Sessions of TLS 1.2 are resumed the most readily.
  const {port, server} = await serve({...pem(old), maxVersion: 'TLSv1.2'}, socket =>
    resumed.push(socket.isSessionReused()),
  )
  const ca = forge.chain(root)
  const probe = openTlsProbe(
    tlsProbeSchema.parse({type: 'tls', host: '127.0.0.1', port, serverName: 'shop.example', ca}),
    probeTools,
  )
  expect(await probe.run(deadline(10_000))).toMatchObject({status: 'degraded', values: {certificateDays: 2}})
  server.setSecureContext({...pem(good), maxVersion: 'TLSv1.2'})
  expect(await probe.run(deadline(10_000))).toMatchObject({status: 'up', values: {certificateDays: 364}})
  expect(await probe.run(deadline(10_000))).toMatchObject({status: 'up'})
  await eventually(() => expect(resumed).toEqual([false, false, false]))
})

test('a server that speaks only an older TLS than is wanted is down with both named', async () => {
  const {port} = await serve({...pem(good), maxVersion: 'TLSv1.2'})
  expect(await run(port)).toMatchObject({status: 'up'})
  expect(await run(port, {minVersion: '1.3'})).toMatchObject({
    status: 'down',
    reason: 'speaks TLS 1.2, and no TLS 1.3',
  })
  const ancient = await serve({
    ...pem(good),
    minVersion: 'TLSv1.1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  })
  expect(await run(ancient.port)).toMatchObject({
    status: 'down',
    reason: 'the server speaks no TLS 1.2 or newer',
  })
})

test('a server that refuses, closes early, speaks something else or hangs is down in words', async () => {
  const closing = await plain(socket => socket.once('data', () => socket.end()))
  const resetting = await plain(socket => socket.once('data', () => socket.resetAndDestroy()))
  const http = await plain(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const ssh = await plain(socket => socket.write('SSH-2.0-OpenSSH_9.2\r\n'))
  const hanging = await plain(() => undefined)
  const gone = await listen(net.createServer())
  await new Promise(resolve => servers.pop()?.close(resolve))
  const closed = 'the server closed the connection during the handshake'
  for (const [port, reason] of [
    [closing, closed],
    [resetting, closed],
    [http, 'what answers there does not speak TLS'],
    [ssh, 'what answers there does not speak TLS'],
    [gone, `connection refused: 127.0.0.1:${gone}`],
  ] as const)
    expect(await run(port)).toMatchObject({status: 'down', reason})
  expect(await run(hanging, {}, 150)).toMatchObject({status: 'down', reason: 'no answer within 150 ms'})
})

test('a server without anything to show, and one that wants a certificate of its client', async () => {
  const nothing = await serve({})
  expect(await run(nothing.port)).toMatchObject({
    status: 'down',
    reason: 'the server refused the handshake: no cipher in common, or nothing to show for this name',
  })
})

test('a file of authorities that is not there says nothing of the target: it could not be probed', async () => {
  const {port} = await serve(pem(good))
  await expect(run(port, {ca: '/nowhere/ca.pem'})).rejects.toThrow('/nowhere/ca.pem')
  await expect(run(port, {ca: '/dev/zero'})).rejects.toThrow('/dev/zero cannot be read: it is not a regular file')
})

test('thresholds in the wrong order are refused when the file is read', () => {
  const spec = tlsProbeSchema.parse({type: 'tls', host: 'a', degradedBefore: '1d', downBefore: '2d'})
  expect(tlsProbe.check?.(spec).map(({path, message}) => [path, message()])).toEqual([
    [['downBefore'], 'should not be longer than degradedBefore: degraded comes first'],
  ])
})
