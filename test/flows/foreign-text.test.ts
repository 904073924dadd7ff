import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import net, {type AddressInfo} from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {freePorts} from '../../src/lab/ports.ts'
import {probes} from '../../src/probes/registry.ts'
import {keptFiles} from '../program/kept-files.ts'
import {createProgram, type Program} from '../program/program.ts'
import {eventually} from '../probe-tools.ts'
import {CertificateForge} from '../servers/certificate-forge.ts'
import {answerTo, type NameServerUnderTest, record, startNameServer} from '../servers/name-server.ts'

const SECRET = 'tok-Sup3rS3cretValue'
const PASSWORD = 'cachePassw0rd99'
const forge = new CertificateForge()
const servers: {close(): void}[] = []
let names: NameServerUnderTest
let program: Program

async function listen(server: net.Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return (server.address() as AddressInfo).port
}

/** Says the secret in whatever way the caller understands: as a greeting, or as the error of its protocol. */
const talker = (says: () => string | Buffer): Promise<number> =>
  listen(
    net.createServer(socket => {
      socket.on('error', () => undefined)
      const [answer, greets] = [says(), typeof says() === 'string' && !String(says()).startsWith('-')]
      if (greets) socket.end(answer)
      else socket.on('data', () => void socket.write(answer))
    }),
  )

function postgresError(): Buffer {
  const fields = Buffer.from(`SFATAL\0C28P01\0Mpassword ${SECRET} is wrong\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeUInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

beforeAll(async () => {
  const health = await listen(
    createServer((_, response) => {
      const checks = {auth: {status: 'fail', output: `token ${SECRET}\u001b[2J\nis wrong`}, [SECRET]: {status: 'fail'}}
      response.writeHead(503, {'content-type': 'application/health+json', 'x-version': SECRET})
      response.end(JSON.stringify({status: 'fail', version: SECRET, checks}))
    }),
  )
  const {cert, key} = forge.make({name: SECRET, names: `DNS:${SECRET}.example`})
  const secure = tls.createServer({cert: readFileSync(cert), key: readFileSync(key)})
  secure.on('tlsClientError', () => undefined)
  const text = Buffer.from(SECRET)
  names = await startNameServer(asked =>
    answerTo(asked, [record(16, 60, Buffer.concat([Buffer.from([text.length]), text]))]),
  )
  const ports = {
    tcp: await talker(() => `220 ${SECRET} ready\r\n`),
    redis: await talker(() => `-ERR token ${SECRET} is wrong\r\n`),
    postgres: await talker(postgresError),
    tls: await listen(secure),
  }
  const specs = {
    http: {url: `http://127.0.0.1:${health}/`, expect: {headers: {'x-version': '^1'}}},
    tcp: {host: '127.0.0.1', port: ports.tcp, expect: 'never'},
    redis: {url: `redis://127.0.0.1:${ports.redis}`},
    postgres: {url: `postgres://u@127.0.0.1:${ports.postgres}/d?sslmode=disable`},
    command: {command: ['sh', '-c', `printf '%s\\n' "login failed for $TOK" >&2; exit 2`]},
    tls: {host: '127.0.0.1', port: ports.tls, serverName: 'shop.example', ca: cert},
    dns: {name: 'shop.example', record: 'TXT', servers: [names.address], expect: {equals: ['v=other']}},
  } satisfies Record<(typeof probes.types)[number], object>
  const services = Object.entries(specs).map(([type, spec]) => ({name: type, interval: '5s', probe: {type, ...spec}}))
  const config = {
    environments: [{name: 'test'}],
    services: [
      ...services,
      // Only declares the secret: nothing answers, and it is known all the same.
      {name: 'declares', probe: {type: 'http', url: 'http://127.0.0.1:1/', headers: {'x-token': {env: 'TOK'}}}},
    ],
    caches: [{name: 'typo', url: {env: 'CU'}}],
    alerts: {failureThreshold: 1, channels: [{type: 'file', name: 'f', path: './alerts.jsonl'}]},
  }
  const env = {TOK: SECRET, CU: `postgres://u:${PASSWORD}@127.0.0.1:1/0`}
  program = createProgram({config: JSON.stringify(config), env})
})
afterAll(async () => {
  forge.remove()
  for (const server of servers) server.close()
  await names.close()
  program.remove()
})

const holdsSecret = (text: string): boolean => text.includes('Sup3r') || text.includes('cachePass')

test('what any driver brings back shows no secret: on no screen, in no file, in no notification, in no metric', async () => {
  for (const args of [['status'], ['status', '--json'], ['services', '--json'], ['doctor'], ['doctor', '--json']]) {
    const {stdout, stderr} = await program.run(...args)
    expect(stdout, args.join(' ')).toContain('[redacted]')
    expect(holdsSecret(stdout + stderr), args.join(' ')).toBe(false)
    expect(stdout).not.toContain('\u001b[2J')
  }
  const [port = 0] = await freePorts(1)
  const agent = program.start('agent', '--listen', `127.0.0.1:${port}`)
  const alerts = path.join(program.dir, 'alerts.jsonl')
  await eventually(() => expect(readFileSync(alerts, 'utf8').split('\n').length).toBeGreaterThan(7), 60_000)
  const metrics = await eventually(async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
  agent.kill('SIGTERM')
  const {stdout, stderr} = await agent.ended
  expect(metrics).toContain('"http"')
  expect(holdsSecret(metrics + stdout + stderr)).toBe(false)
  const files = [{file: alerts, bytes: readFileSync(alerts)}, ...keptFiles(program.stateDir)]
  expect(files.filter(({bytes}) => holdsSecret(bytes.toString('latin1'))).map(({file}) => file)).toEqual([])
})
