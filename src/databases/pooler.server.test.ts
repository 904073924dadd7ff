import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {deadline, probeTools} from '../../test/probe-tools.ts'
import {type Pooler, startPooler} from '../../test/servers/pooler.ts'
import {type PostgresServer, startPostgres} from '../../test/servers/postgres.ts'
import {readConninfo} from '../connections/postgres/conninfo.ts'
import {withSession} from '../connections/postgres/session.ts'
import type {ProbeResult} from '../monitors/sample.ts'
import {openPostgresProbe} from '../probes/postgres/probe.ts'
import {databaseSchema} from './config.ts'
import {databaseTargets} from './target.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(() => server?.stop())

async function several(count: number, probe: () => Promise<ProbeResult>): Promise<readonly string[]> {
  const seen: string[] = []
  for (let index = 0; index < count; index += 1) {
    const {status, reason} = await probe()
    seen.push(`${status}: ${reason}`)
  }
  return [...new Set(seen)]
}

/** It refuses every startup parameter that it does not know, `options` among them, and prepared statements. */
describe.each(['session', 'transaction', 'statement'] as const)(
  'behind a pgbouncer as it comes, pooling by %s',
  mode => {
    let pooler: Pooler
    beforeAll(async () => {
      pooler = await startPooler(server, mode)
    })
    afterAll(() => pooler?.stop())
    // One that pools by statement lets nobody begin a transaction, and we ask within one: it is not down.
    const refused =
      mode === 'statement' ? /^degraded: it is behind a pooler that pools by statement: it answers/ : undefined

    test('a service is what it is, over kept sessions and new ones', async () => {
      const probe = openPostgresProbe({type: 'postgres', url: pooler.url, query: 'select 1'}, probeTools)
      const [seen, ...others] = await several(7, () => probe.run(deadline(10_000)))
      await probe.close?.()
      expect({seen, others}).toEqual({
        seen: refused === undefined ? 'up: primary' : expect.stringMatching(refused),
        others: [],
      })
    })

    test('a database says that a pooler is in front of it, and what it measures is that of the server', async () => {
      const database = {...databaseSchema.parse({name: 'shop', url: pooler.url}), environment: 'production'}
      const [target] = databaseTargets({databases: [database]}, probeTools)
      const [seen, ...others] = await several(7, () => target!.probe(deadline(10_000)))
      await target!.close?.()
      expect({seen, others}).toEqual({
        seen: refused === undefined ? 'up: primary through a pooler' : expect.stringMatching(refused),
        others: [],
      })
    })

    test('a session for work is opened, with the options of the environment left to psql and us alike', async () => {
      const one = await withSession(await readConninfo(pooler.url), deadline(10_000), async client =>
        (await client.query<{one: number}>('select 1 as one')).rows.map(row => row.one),
      )
      expect(one).toEqual([1])
      const wanted = `${pooler.url}?options=-c%20work_mem%3D8MB`
      await expect(withSession(await readConninfo(wanted), deadline(10_000), async () => 'in')).rejects.toThrow(
        'unsupported startup parameter',
      )
    })
  },
)

test('without a pooler none is named', async () => {
  const database = {...databaseSchema.parse({name: 'shop', url: server.url}), environment: 'production'}
  const [target] = databaseTargets({databases: [database]}, probeTools)
  expect(await target!.probe(deadline(10_000))).toMatchObject({status: 'up', reason: 'primary'})
  await target!.close?.()
})
