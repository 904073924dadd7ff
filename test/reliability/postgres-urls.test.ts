import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {databaseAccess} from '../../src/backups/access.ts'
import {backupSchema} from '../../src/backups/config.ts'
import {readConninfo} from '../../src/connections/postgres/conninfo.ts'
import {withSession} from '../../src/connections/postgres/session.ts'
import {toolEnvironment} from '../../src/connections/postgres/tool-environment.ts'
import {databaseSchema} from '../../src/databases/config.ts'
import {createDatabaseOps} from '../../src/databases/ops.ts'
import {databaseTargets} from '../../src/databases/target.ts'
import {OpsError} from '../../src/errors.ts'
import {openPostgresProbe} from '../../src/probes/postgres/probe.ts'
import {openSharedLocks} from '../../src/store/shared-locks/lock-store.ts'
import {systemClock} from '../../src/units/clock.ts'
import {deadline, probeTools} from '../probe-tools.ts'
import {type PostgresFleet, startPostgresFleet} from '../servers/postgres-fleet.ts'
import {countOf, seedOr} from './sample.ts'
import {type UrlCase, urlCases} from './postgres-urls.ts'

const SEED = seedOr(20_261_126)
const COUNT = countOf('W2')

let fleet: PostgresFleet
const warnings: string[] = []
const onWarning = (warning: Error): void => void warnings.push(String(warning))
beforeAll(async () => {
  process.on('warning', onWarning)
  fleet = await startPostgresFleet()
})
afterAll(async () => {
  process.off('warning', onWarning)
  await fleet.stop()
})

const FACTS = `select concat_ws('|', current_database(), current_user, current_setting('port'),
  (select ssl from pg_stat_ssl where pid = pg_backend_pid()), current_setting('work_mem'),
  current_setting('default_transaction_read_only'))`

const REFUSED = 'refused'

/** What psql says of a string and its variables: where it ended up, or that it did not get in. */
async function psql(words: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const asked = ['-w', '-X', '-A', '-t', '-c', FACTS, ...words]
  const outcome = await promisify(execFile)(join(fleet.tls.bin, 'psql'), asked, {
    env: {PATH: '/usr/bin:/bin', ...env},
  }).catch(() => undefined)
  return outcome === undefined ? REFUSED : outcome.stdout.trim()
}

const database = (url: string) => ({...databaseSchema.parse({name: 'shop', url, timeout: '20s'}), environment: 'test'})
const backup = {
  ...backupSchema.parse({
    name: 'shop',
    database: 'shop',
    storage: {type: 'dir', path: '/nowhere'},
    encryption: {recipients: ['age1abc']},
  }),
  environment: 'test',
}
const tools = {secret: () => Promise.resolve(url), signal: new AbortController().signal}
let url = ''

const orRefused = async (work: () => Promise<string | undefined>): Promise<string> => {
  try {
    return (await work()) ?? ''
  } catch (error) {
    if (error instanceof OpsError && error.exit !== 70) return REFUSED
    return `${error instanceof Error ? error.stack : String(error)}`
  }
}

/** Every place where a URL can stand; those that only say whether it worked give what psql said when it did. */
const PLACES: Readonly<Record<string, (text: string, wanted: string) => Promise<string>>> = {
  'a step that asks a database': text =>
    orRefused(async () => (await createDatabaseOps(database(text), tools).query(FACTS))[0]?.['concat_ws'] ?? ''),
  'a backup and a restore': () =>
    orRefused(async () => {
      const source = {database: database(url), backup, what: 'shop', address: ''}
      const live = await databaseAccess(source, tools).live()
      return withSession(
        live,
        tools.signal,
        async client => (await client.query<{concat_ws: string}>(FACTS)).rows[0]?.concat_ws,
      )
    }),
  'pg_dump and pg_restore': text =>
    orRefused(async () => {
      const conninfo = await readConninfo(text)
      const environment = await withSession(conninfo, tools.signal, async (_, reached) =>
        toolEnvironment(conninfo, reached),
      )
      return psql([], {HOME: process.env['HOME'] ?? '', ...environment})
    }),
  'a probe': async (text, wanted) => {
    const query = `select 1 / (case when (${FACTS}) = '${wanted}' then 1 else 0 end)`
    const probe = openPostgresProbe({type: 'postgres', url: text, query}, probeTools)
    const finding = await probe.run(deadline(20_000))
    await probe.close?.()
    // A standby of the fleet follows nobody, so it is degraded; it was reached all the same.
    if (finding.status !== 'down') return wanted
    return finding.reason.includes('division by zero') ? 'elsewhere' : REFUSED
  },
  'the figures of a database': async (text, wanted) => {
    const [target] = databaseTargets({databases: [database(text)]}, probeTools)
    const finding = await target?.probe(deadline(20_000))
    await target?.close?.()
    return finding?.status === 'down' ? REFUSED : wanted
  },
  'shared locks': async (text, wanted) => {
    const locks = openSharedLocks({
      url: () => Promise.resolve(text),
      address: '',
      expiryMs: 60_000,
      clock: systemClock,
      hasEnded: () => false,
    })
    const said = await orRefused(async () => {
      await locks.list()
      return wanted
    })
    locks.close()
    return said
  },
}

async function differences({text, env}: UrlCase, wanted: string): Promise<readonly string[]> {
  for (const name of Object.keys(process.env).filter(key => key.startsWith('PG'))) vi.stubEnv(name, undefined)
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  url = text
  const found: string[] = []
  for (const [place, read] of Object.entries(PLACES)) {
    const said = await read(text, wanted)
    if (said !== wanted) found.push(`${place}: ${said}\n    psql: ${wanted}\n    ${text}\n    ${JSON.stringify(env)}`)
  }
  vi.unstubAllEnvs()
  return found
}

test(`${COUNT} PostgreSQL connection strings mean in every place what they mean to psql (seed ${SEED})`, {
  timeout: 600_000,
}, async () => {
  const found: string[] = []
  const outcomes = new Map<string, number>()
  for (const one of urlCases(fleet, COUNT, SEED)) {
    const wanted = await psql([one.text], one.env)
    outcomes.set(wanted, (outcomes.get(wanted) ?? 0) + 1)
    found.push(...(await differences(one, wanted)))
  }
  expect(found.join('\n')).toBe('')
  // The sample is worth something: sessions on each server, encrypted and not, and refusals.
  expect(outcomes.size).toBeGreaterThan(COUNT / 10)
  expect(outcomes.get(REFUSED) ?? 0).toBeLessThan(COUNT * 0.8)
  expect(warnings).toEqual([])
})
