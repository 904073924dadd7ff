import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {deadline, eventually, probeTools} from '../../test/probe-tools.ts'
import type {PostgresServer} from '../../test/servers/postgres.ts'
import {startPostgres} from '../../test/servers/postgres.ts'
import {openPostgresProbe} from '../probes/postgres/probe.ts'
import {postgresProbeSchema} from '../probes/postgres/schema.ts'
import {databaseSchema} from './config.ts'
import {databaseRows} from './database-rows.ts'
import {readMeasurements} from './measurements.ts'
import {createDatabaseOps} from './ops.ts'
import type {PlacedDatabase} from './target.ts'
import {databaseTargets} from './target.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres([
    'max_connections=10',
    'superuser_reserved_connections=1',
    'archive_mode=on',
    'archive_command=/bin/true',
  ])
}, 60_000)
afterAll(() => server.stop())

const place = (extra: Record<string, unknown> = {}): PlacedDatabase => ({
  ...databaseSchema.parse({name: 'shop', url: server.url, ...extra}),
  environment: 'production',
})
const session = async (): Promise<Client> => {
  const client = new Client({connectionString: server.url})
  client.on('error', () => undefined)
  await client.connect()
  return client
}

describe('the measurements of a live server', () => {
  test('hold connections, size, cache, transactions, locks and archiving, and become a row', async () => {
    const database = place()
    const [target] = databaseTargets({databases: [database]}, probeTools)
    const [holder, waiter] = [await session(), await session()]
    await holder.query('create table if not exists t (id int)')
    await holder.query('begin; lock table t')
    const waiting = waiter.query('select * from t').catch(() => undefined)

    await eventually(async () => expect((await target!.probe(deadline(10_000))).values['locksWaiting']).toBe(1))
    const result = await target!.probe(deadline(10_000))
    expect(result).toMatchObject({status: 'up', reason: 'primary', version: expect.stringMatching(/^\d+/)})
    expect(result.values).toMatchObject({maxConnections: 10, locksWaiting: 1, archiveFailures: 0})
    expect(result.values['connections']).toBeGreaterThanOrEqual(3)
    expect(result.values['sizeBytes']).toBeGreaterThan(1_000_000)
    expect(result.values['cacheHitRatio']).toBeGreaterThan(0)
    expect(result.values['longestTransactionMs']).toBeGreaterThan(0)
    await holder.end()
    await waiting
    await waiter.end()
    const [row] = databaseRows({databases: [database]}, ({environment, name, intervalMs}) => ({
      row: {environment, name, intervalMs, state: 'up', reason: 'primary', since: 1, at: 1},
      sample: {...result, at: 1, target: 'database/production/shop'},
      windows: [],
      recent: [],
    }))
    expect(row).toMatchObject({name: 'shop', address: expect.stringMatching(/^postgres:\/\/127/), maxConnections: 10})
    await target!.close?.()
  })

  test('too many connections are degraded', async () => {
    const others = await Promise.all([session(), session(), session(), session(), session(), session()])
    const [target] = databaseTargets({databases: [place({connectionsAbove: 0.5})]}, probeTools)
    expect(await target!.probe(deadline(10_000))).toMatchObject({
      status: 'degraded',
      reason: expect.stringMatching(/connections: \d+ of 10/),
    })
    await target!.close?.()
    await Promise.all(others.map(other => other.end()))
  })
})

/** What a database and a service say of the same server. */
async function seenAt(url: string): Promise<readonly string[]> {
  const [target] = databaseTargets({databases: [place({url})]}, probeTools)
  const probe = openPostgresProbe(postgresProbeSchema.parse({type: 'postgres', url}), probeTools)
  const found = [await target!.probe(deadline(10_000)), await probe.run(deadline(10_000))]
  await Promise.all([target!.close?.(), probe.close?.()])
  return found.map(({status, reason}) => `${status}: ${reason}`)
}

test('a server that refuses all writes, as one whose disk is full, is degraded; a role that only reads is not', async () => {
  const admin = await session()
  await admin.query('create role reader login')
  await admin.query('alter role reader set default_transaction_read_only = on')
  const reader = server.url.replace('//postgres@', '//reader@')
  expect((await seenAt(reader)).map(one => one.slice(0, 11))).toEqual(['up: primary', 'up: primary'])
  await admin.query('alter system set default_transaction_read_only = on')
  await admin.query('select pg_reload_conf()')
  const refused = 'refused: the server has default_transaction_read_only on'
  await eventually(async () =>
    expect(await seenAt(server.url)).toEqual([`degraded: writes: ${refused}`, `degraded: writes ${refused}`]),
  )
  await admin.query('set default_transaction_read_only = off')
  await admin.query('alter system reset default_transaction_read_only')
  await admin.query('select pg_reload_conf()')
  await eventually(async () => expect((await seenAt(server.url))[0]).toBe('up: primary'))
  await admin.end()
})

test('a server whose commits wait for a standby that is not there is degraded, for every role; one that does not wait is up', async () => {
  const admin = await session()
  await admin.query('create role shopper login')
  const shopper = server.url.replace('//postgres@', '//shopper@')
  await admin.query(`alter system set synchronous_standby_names = 'FIRST 1 (gone)'`)
  await admin.query('select pg_reload_conf()')
  const detail = 'wait for synchronous standbys (FIRST 1 (gone)): 0 of 1 there'
  for (const url of [server.url, shopper])
    await eventually(async () =>
      expect(await seenAt(url)).toEqual([`degraded: commits: ${detail}`, `degraded: commits ${detail}`]),
    )
  await admin.query('alter system set synchronous_commit = local')
  await admin.query('select pg_reload_conf()')
  await eventually(async () => expect(await seenAt(server.url)).toEqual(['up: primary', 'up: primary']))
  await admin.query('alter system reset all')
  await admin.query('select pg_reload_conf()')
  await admin.end()
})

test.each([
  [
    {archiving: 't', archive_failing: 't', archive_lag_ms: '90000'},
    'degraded',
    'archiving: failing, last segment 1m 30s ago',
  ],
  [{archiving: 't', archive_failing: 'f'}, 'up', 'primary'],
  [{archiving: 'f', archive_failing: 't'}, 'up', 'primary'],
  [{standby: 't'}, 'up', 'standby'],
])('measurements %j are %s', (row, status, reason) => {
  expect(
    readMeasurements({sees_all: 't', max_connections: '10', connections: '1', ...row}, {connectionsAbove: 0.8}),
  ).toMatchObject({status, reason})
})

describe('a runbook', () => {
  const tools = {secret: probeTools.secret, signal: new AbortController().signal}
  test('reads rows as text and cannot write', async () => {
    const ops = createDatabaseOps(place(), tools)
    expect(await ops.query('select $1::int + 1 as n, null as nothing', [41])).toEqual([{n: '42', nothing: null}])
    await expect(ops.query('create table forbidden ()')).rejects.toMatchObject({code: 'database/query'})
  })

  test('is told when the server does not answer, without the password', async () => {
    const ops = createDatabaseOps(place({url: 'postgres://a:hunter22@127.0.0.1:1/shop'}), tools)
    await expect(ops.query('select 1')).rejects.toMatchObject({
      code: 'database/unreachable',
      message: 'database shop (postgres://127.0.0.1:1/shop): connection refused: 127.0.0.1:1',
    })
  })
})
