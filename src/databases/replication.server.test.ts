import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {deadline, eventually, probeTools} from '../../test/probe-tools.ts'
import {type PostgresServer, startPostgres} from '../../test/servers/postgres.ts'
import {startReplica} from '../../test/servers/replica.ts'
import type {ProbeResult} from '../monitors/sample.ts'
import {openPostgresProbe} from '../probes/postgres/probe.ts'
import {databaseSchema} from './config.ts'
import {databaseTargets} from './target.ts'

let primary: PostgresServer
let replica: PostgresServer
beforeAll(async () => {
  primary = await startPostgres(['max_connections=20', 'superuser_reserved_connections=1'], {
    sql: ['create role watcher login', 'create role seer login', 'grant pg_monitor to seer'],
  })
  replica = await startReplica(primary, {name: 'replica1'})
}, 90_000)
afterAll(async () => {
  await replica.stop()
  await primary.stop()
})

async function probe(server: PostgresServer, role: string, extra: Record<string, unknown> = {}): Promise<ProbeResult> {
  const url = server.url.replace('postgres@', `${role}@`)
  const database = {...databaseSchema.parse({name: 'shop', url, ...extra}), environment: 'production'}
  const [target] = databaseTargets({databases: [database]}, probeTools)
  try {
    return await target!.probe(deadline(10_000))
  } finally {
    await target!.close?.()
  }
}

/** The same replica as a service, which has a probe of its own. */
async function watchedAsService(role: string): Promise<ProbeResult> {
  const url = replica.url.replace('postgres@', `${role}@`)
  const watched = openPostgresProbe({type: 'postgres', url, query: 'select 1'}, probeTools)
  try {
    return await watched.run(deadline(10_000))
  } finally {
    await watched.close?.()
  }
}

async function sessions(count: number): Promise<readonly Client[]> {
  return Promise.all(
    Array.from({length: count}, async () => {
      const client = new Client({connectionString: primary.url})
      client.on('error', () => undefined)
      await client.connect()
      return client
    }),
  )
}

describe('connections of other roles', () => {
  test.each(['watcher', 'seer', 'postgres'])('are counted by %s, whatever it may see of them', async role => {
    const held = await sessions(15)
    try {
      const finding = await probe(primary, role, {connectionsAbove: 0.7})
      expect(finding.values['connections']).toBeGreaterThanOrEqual(16)
      expect(finding).toMatchObject({status: 'degraded', reason: expect.stringContaining('of 20')})
    } finally {
      await Promise.all(held.map(client => client.end()))
    }
  })

  test('have no longest transaction where the role may not see it, and the reason says so', async () => {
    const [held] = await sessions(1)
    await held!.query('begin; select 1')
    try {
      const blind = await probe(primary, 'watcher')
      expect(blind.values['longestTransactionMs']).toBeUndefined()
      expect(blind).toMatchObject({status: 'up', reason: expect.stringContaining('without pg_monitor')})
      expect((await probe(primary, 'seer')).values['longestTransactionMs']).toBeGreaterThan(0)
    } finally {
      await held!.end()
    }
  })
})

describe('a primary', () => {
  test('names the standbys that it should have and has not', async () => {
    expect(await probe(primary, 'seer', {standbys: ['replica1']})).toMatchObject({status: 'up'})
    const finding = await probe(primary, 'seer', {standbys: ['replica1', 'replica2']})
    expect(finding).toMatchObject({status: 'degraded', reason: expect.stringContaining('replica2 not streaming')})
  })

  test('does not claim to know its standbys without the right to see them', async () => {
    const finding = await probe(primary, 'watcher', {standbys: ['replica1']})
    expect(finding).toMatchObject({status: 'degraded', reason: expect.stringContaining('needs pg_monitor')})
  })
})

describe('a replica', () => {
  test('tells how far it has come, and no lag while nothing is missing', async () => {
    const [client] = await sessions(1)
    await client!.query('create table arrived (id int)')
    await client!.end()
    const copy = new Client({connectionString: replica.url})
    await copy.connect()
    await eventually(async () => expect((await copy.query('table arrived')).rowCount).toBe(0))
    await copy.end()
    expect((await probe(replica, 'seer')).values['replicationLagMs']).toBe(0)
    // Whether it is silent or calm is not shown to a role without pg_monitor: no figure then, never 0.
    expect((await probe(replica, 'watcher')).values['replicationLagMs']).toBeUndefined()
  })

  test.each(['watcher', 'seer'])('that receives is up for %s', async role => {
    expect(await probe(replica, role)).toMatchObject({status: 'up', reason: expect.stringContaining('standby')})
  })

  test('whose replay is paused is degraded', async () => {
    const client = new Client({connectionString: replica.url})
    await client.connect()
    try {
      await client.query('select pg_wal_replay_pause()')
      await eventually(async () =>
        expect(await probe(replica, 'seer')).toMatchObject({
          status: 'degraded',
          reason: expect.stringContaining('replay is paused'),
        }),
      )
      await client.query('select pg_wal_replay_resume()')
    } finally {
      await client.end()
    }
  })

  test.each(['watcher', 'seer'])('that was cut off is degraded for %s, with a lag that grows', async role => {
    const client = new Client({connectionString: replica.url})
    await client.connect()
    try {
      await client.query(`alter system set primary_conninfo = 'host=127.0.0.1 port=1'`)
      await client.query('select pg_reload_conf()')
      const finding = await eventually(async () => {
        const seen = await probe(replica, role)
        expect(seen.status).toBe('degraded')
        return seen
      })
      expect(finding.reason).toContain('no WAL receiver: cut off from its primary')
      expect(await watchedAsService(role)).toMatchObject({
        status: 'degraded',
        reason: expect.stringContaining('no WAL receiver: cut off from its primary'),
        values: {replicationLagMs: expect.any(Number)},
      })
      const first = finding.values['replicationLagMs']
      expect(first).toBeGreaterThan(0)
      const later = await probe(replica, role)
      expect(later.values['replicationLagMs']).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY)
    } finally {
      await client.end()
    }
  })

  test('that is gone leaves an inactive slot, which the primary names to any role', async () => {
    const finding = await eventually(async () => {
      const seen = await probe(primary, 'watcher')
      expect(seen.status).toBe('degraded')
      return seen
    })
    expect(finding.reason).toMatch(/slot replica1: inactive, holds back .+ of WAL/)
  })
})
