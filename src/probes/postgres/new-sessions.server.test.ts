import {execFile} from 'node:child_process'
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs'
import {createConnection, createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {deadline, eventually, probeTools} from '../../../test/probe-tools.ts'
import type {PostgresServer} from '../../../test/servers/postgres.ts'
import {startPostgres} from '../../../test/servers/postgres.ts'
import {FRESH_EVERY} from '../../connections/postgres/kept.ts'
import {databaseSchema} from '../../databases/config.ts'
import {databaseTargets} from '../../databases/target.ts'
import {openPostgresProbe} from './probe.ts'

let server: PostgresServer
let admin: Client
beforeAll(async () => {
  server = await startPostgres(['max_connections=8', 'superuser_reserved_connections=2'], {
    sql: ['create role app login', 'create database shop'],
  })
  admin = new Client({connectionString: server.url})
  await admin.connect()
})
afterAll(async () => {
  await admin.end()
  await server.stop()
})

const shop = (): string => server.url.replace('postgres@', 'app@').replace(/postgres$/, 'shop')
const open = (url = shop()) => openPostgresProbe({type: 'postgres', url, query: 'select 1'}, probeTools)

/** A probe, a refusal that begins after its first time, and what it says until one rhythm has passed. */
async function probeWhile(refuse: () => Promise<() => Promise<unknown>>): Promise<{before: string[]; last: string}> {
  const probe = open()
  expect((await probe.run(deadline(10_000))).status).toBe('up')
  const allow = await refuse()
  const found: string[] = []
  for (let time = 0; time < FRESH_EVERY; time += 1) {
    const {status, reason} = await probe.run(deadline(10_000))
    found.push(`${status}: ${reason}`)
  }
  // It is not forgotten while it lasts, and over at once when it is over.
  expect((await probe.run(deadline(10_000))).status).toBe('down')
  await allow()
  await eventually(async () => expect((await probe.run(deadline(10_000))).status).toBe('up'))
  await probe.close?.()
  return {before: found.slice(0, -1), last: found.at(-1) ?? ''}
}

describe('a server that answers its old sessions and accepts no new one is down at the fifth probe:', () => {
  test('all connections are taken', async () => {
    const held: Client[] = []
    const {before, last} = await probeWhile(async () => {
      for (;;) {
        const client = new Client({connectionString: shop()})
        client.on('error', () => undefined)
        if (
          await client.connect().then(
            () => false,
            () => true,
          )
        )
          break
        held.push(client)
      }
      return () => Promise.all(held.map(client => client.end()))
    })
    expect(new Set(before)).toEqual(new Set(['up: primary']))
    expect(last).toMatch(/^down: new sessions are refused: (?:remaining connection slots|sorry, too many clients)/)
  })

  test('the database has a connection limit', async () => {
    const {last} = await probeWhile(async () => {
      await admin.query('alter database shop connection limit 0')
      return () => admin.query('alter database shop connection limit -1')
    })
    expect(last).toBe('down: new sessions are refused: too many connections for database "shop"')
  })

  test('pg_hba.conf does not let it in any more', async () => {
    const file = join(server.dir, 'pg_hba.conf')
    const rules = readFileSync(file, 'utf8')
    const {last} = await probeWhile(async () => {
      writeFileSync(file, `host all app all reject\n`)
      appendFileSync(file, rules)
      await admin.query('select pg_reload_conf()')
      await eventually(async () => {
        const late = new Client({connectionString: shop()})
        late.on('error', () => undefined)
        const refused = await late.connect().then(
          () => false,
          () => true,
        )
        await late.end()
        expect(refused).toBe(true)
      })
      return async () => {
        writeFileSync(file, rules)
        await promisify(execFile)('kill', ['-HUP', String(server.pid)])
      }
    })
    expect(last).toMatch(/^down: new sessions are refused: pg_hba.conf rejects connection/)
  })
})

test('the measurements of a database keep the same rhythm', async () => {
  const database = {...databaseSchema.parse({name: 'shop', url: shop()}), environment: 'test'}
  const [target] = databaseTargets({databases: [database]}, probeTools)
  expect((await target?.probe(deadline(10_000)))?.status).toBe('up')
  await admin.query('alter database shop connection limit 0')
  const reasons: (string | undefined)[] = []
  for (let time = 0; time < FRESH_EVERY; time += 1) reasons.push((await target?.probe(deadline(10_000)))?.reason)
  await admin.query('alter database shop connection limit -1')
  await target?.close?.()
  expect(reasons.at(-2)).toMatch(/^primary/)
  expect(reasons.at(-1)).toMatch(/^new sessions are refused/)
})

test('a probe never holds more than one session, and a new one goes where the name leads now', async () => {
  const sockets: Socket[] = []
  let passed = 0
  const door: Server = createServer(socket => {
    passed += 1
    const inner = createConnection(server.port, '127.0.0.1')
    sockets.push(socket, inner)
    socket.on('error', () => inner.destroy()).pipe(inner)
    inner.on('error', () => socket.destroy()).pipe(socket)
  })
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve))
  const address = door.address()
  const probe = open(shop().replace(String(server.port), String(typeof address === 'object' ? address?.port : 0)))
  for (let time = 0; time < FRESH_EVERY * 3; time += 1) await probe.run(deadline(10_000))
  const {rows} = await admin.query<{count: string}>(
    `select count(*) from pg_stat_activity where application_name = 'opsconsole'`,
  )
  expect(rows[0]?.count).toBe('1')
  // sslmode=prefer asks for TLS first, and takes the same way again without it.
  expect(passed).toBe(6)
  await probe.close?.()
  for (const socket of sockets) socket.destroy()
  door.close()
})
