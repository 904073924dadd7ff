import {Client} from 'pg'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {deadline, eventually, probeTools} from '../../../test/probe-tools.ts'
import type {PostgresServer} from '../../../test/servers/postgres.ts'
import {startPostgres} from '../../../test/servers/postgres.ts'
import {openPostgresProbe} from './probe.ts'
import {readInspection} from './probe.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server.stop())

const open = (query = 'select 1', url = server.url) => openPostgresProbe({type: 'postgres', url, query}, probeTools)

async function sessions(): Promise<string[]> {
  const client = new Client({connectionString: server.url})
  await client.connect()
  const {rows} = await client.query<{pid: string}>(
    `select pid::text from pg_stat_activity where application_name = 'opsconsole'`,
  )
  await client.end()
  return rows.map(row => row.pid)
}

test('a live server is up, over one session that is kept between probes', async () => {
  const probe = open()
  for (let run = 0; run < 3; run += 1)
    expect(await probe.run(deadline(10_000))).toMatchObject({
      status: 'up',
      reason: 'primary',
      version: expect.stringMatching(/^\d+/),
    })
  expect(await sessions()).toHaveLength(1)
  await probe.close?.()
  await eventually(async () => expect(await sessions()).toHaveLength(0))
})

test('a session ended by an administrator is one probe down at most', async () => {
  const probe = open()
  await probe.run(deadline(10_000))
  const admin = new Client({connectionString: server.url})
  await admin.connect()
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'opsconsole'`)
  await admin.end()
  await eventually(async () => expect(await probe.run(deadline(10_000))).toMatchObject({status: 'up'}))
  await probe.close?.()
})

test('a query that writes is refused, one that fails is down in words, one that hangs ends at the deadline', async () => {
  for (const [query, reason] of [
    ['create table t()', /read-only transaction/],
    ['select * from nowhere', /relation "nowhere" does not exist/],
    ['select pg_sleep(600)', /no answer within 300 ms/],
  ] as const) {
    const probe = open(query)
    expect(await probe.run(deadline(query.includes('sleep') ? 300 : 10_000))).toMatchObject({
      status: 'down',
      reason: expect.stringMatching(reason),
    })
    await probe.close?.()
  }
})

test('a server that is frozen and continued goes down and comes back; one that nobody runs is refused', async () => {
  const probe = open()
  expect((await probe.run(deadline(10_000))).status).toBe('up')
  const pids = [server.pid, ...(await sessions()).map(Number)]
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  expect(await probe.run(deadline(300))).toMatchObject({status: 'down', reason: 'no answer within 300 ms'})
  for (const pid of pids) process.kill(pid, 'SIGCONT')
  await eventually(async () => expect(await probe.run(deadline(10_000))).toMatchObject({status: 'up'}))
  await probe.close?.()
  const nobody = open('select 1', 'postgres://someone:hunter22@127.0.0.1:1/db')
  const result = await nobody.run(deadline(10_000))
  expect(result).toMatchObject({status: 'down', reason: 'connection refused: 127.0.0.1:1'})
  expect(JSON.stringify(result)).not.toContain('hunter22')
})

test('lag above the limit is degraded, below it is up', () => {
  const row = {version: '15.4 (Debian)', standby: 't', receivers: '1', all_replayed: 'f', replay_age_ms: '9000'}
  expect(readInspection(row, 5000)).toMatchObject({
    status: 'degraded',
    reason: 'replication lag 9s above 5s',
    version: '15.4',
  })
  expect(readInspection(row, 10_000)).toMatchObject({status: 'up', reason: 'standby', values: {replicationLagMs: 9000}})
})
