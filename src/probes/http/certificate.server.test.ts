import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer, type Server} from 'node:https'
import type {AddressInfo} from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type {TLSSocket} from 'node:tls'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {deadline, probeTools} from '../../../test/probe-tools.ts'
import {openHttpProbe} from './probe.ts'
import {httpProbeSchema} from './schema.ts'

let dir = ''
let server: Server
let url = ''
const resumed: boolean[] = []

const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, {cwd: dir, stdio: 'ignore'})
const pair = (name: string) => ({
  key: readFileSync(path.join(dir, `${name}.key`)),
  cert: readFileSync(path.join(dir, `${name}.pem`)),
})

/** A certificate of our own authority for a host name, valid for some days. */
function issue(name: string, host: string, days: number): void {
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${host}`,
    '-addext',
    `subjectAltName=DNS:${host}`,
  )
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    String(days),
    '-copy_extensions',
    'copy',
    '-out',
    `${name}.pem`,
  )
}

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-certificate-'))
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '90',
    '-subj',
    '/CN=Test authority',
  )
  issue('old', 'localhost', 4)
  issue('new', 'localhost', 60)
  issue('wrong', 'other.example', 60)
  server = createServer(pair('old'), (request, response) => {
    resumed.push((request.socket as TLSSocket).isSessionReused())
    response.end('ok')
  })
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve))
  url = `https://localhost:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(dir, {recursive: true})
})

const open = (tls: Readonly<Record<string, string>> = {ca: path.join(dir, 'ca.pem')}) =>
  openHttpProbe(httpProbeSchema.parse({type: 'http', url, tls}), probeTools)

test('the certificate is the one of this very probe: a renewed one is seen at once, a wrong one refused at once', async () => {
  const probe = open()
  const run = () => probe.run(deadline(5000))
  expect(await run()).toMatchObject({status: 'degraded', reason: 'certificate expires in 3 days'})
  expect(await run()).toMatchObject({status: 'degraded', reason: 'certificate expires in 3 days'})
  server.setSecureContext(pair('new'))
  expect(await run()).toMatchObject({status: 'up', checks: [{name: 'certificate', detail: 'expires in 59 days'}]})
  server.setSecureContext(pair('wrong'))
  expect(await run()).toMatchObject({status: 'down', reason: 'certificate is for another host name'})
  server.setSecureContext(pair('old'))
  expect(await run()).toMatchObject({status: 'degraded', reason: 'certificate expires in 3 days'})
  expect(resumed).toEqual([false, false, false, false])
  await probe.close?.()
})

test('an authority of its own is trusted by the probe that names it, and by no other', async () => {
  expect(await open({}).run(deadline(5000))).toMatchObject({status: 'down', reason: 'certificate cannot be verified'})
  expect((await open().run(deadline(5000))).status).toBe('degraded')
})

test('a name may be checked that is not the one of the URL', async () => {
  server.setSecureContext(pair('wrong'))
  const tls = {ca: path.join(dir, 'ca.pem'), serverName: 'other.example'}
  expect((await open(tls).run(deadline(5000))).status).toBe('up')
})
