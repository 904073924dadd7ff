import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {chmod, readdir} from 'node:fs/promises'
import path from 'node:path'
import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type PhysicalBench, startPhysical} from '../../test/servers/physical.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {ownedDirectory} from '../../test/servers/scratch.ts'
import {unprivileged} from '../lab/accounts.ts'
import type {ProbeResult, Target} from '../monitors/sample.ts'
import type {BackupDetail} from './backup-detail.ts'
import type {Receiver} from './receivers.ts'
import {backupTargets} from './target.ts'

const POLL = {timeout: 120_000, interval: 500}
const account = await unprivileged(['postgres', 'nobody'])

let bench: PhysicalBench
let admin: Client
beforeAll(async () => {
  bench = await startPhysical()
  admin = new Client({connectionString: bench.server.url})
  admin.on('error', () => undefined)
  await admin.connect()
  await admin.query(
    "CREATE ROLE watcher LOGIN; CREATE TABLE beats (n int); SELECT pg_create_physical_replication_slot('kept', true)",
  )
  await bench.ops().create()
}, 120_000)
afterAll(async () => {
  await admin.end()
  await bench.stop()
})

interface Running {
  stop(): Promise<void>
}

/** A real pg_receivewal called `vault`. */
async function receive(...words: readonly string[]): Promise<Running> {
  const directory = await ownedDirectory(path.join(bench.dir, `stream-${words.join('').replace(/\W/g, '')}`), account)
  const child: ChildProcess = spawn(
    path.join(bench.server.bin, 'pg_receivewal'),
    [
      '--no-loop',
      '--status-interval=1',
      ...words,
      '--directory',
      directory,
      `--dbname=host=127.0.0.1 port=${bench.server.port} user=postgres application_name=vault`,
    ],
    {stdio: 'ignore', cwd: '/', ...(account === undefined ? {} : {uid: account.uid, gid: account.gid})},
  )
  const exited = once(child, 'exit')
  return {
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** The backup as an agent watches it, by a role of the server. */
async function watched(role = 'postgres', receivers: string[] = ['vault']): Promise<Target> {
  const {backups, databases} = bench.configured
  const config = {
    backups: backups.slice(0, 1).map(each => ({
      ...each,
      rpo: 6 * 3_600_000,
      ...(each.pgbackrest === undefined ? {} : {pgbackrest: {...each.pgbackrest, receivers}}),
    })),
    databases: databases.map(each => ({
      ...each,
      url: `postgres://${role}@127.0.0.1:${bench.server.port}/postgres`,
    })),
  }
  const tools = plainTools({signal: new AbortController().signal})
  const [target] = await backupTargets(config, tools)
  if (target === undefined) throw new Error('no target')
  return target
}

const probe = (target: Target): Promise<ProbeResult> => target.probe(AbortSignal.timeout(60_000))
const recoveryOf = (found: ProbeResult) => (found.detail as BackupDetail).recovery
const receiverOf = (found: ProbeResult): Receiver | undefined => recoveryOf(found)?.receivers[0]

/** Something is written that no archive has yet. */
const write = async (): Promise<void> => void (await admin.query('INSERT INTO beats SELECT generate_series(1, 100)'))

async function settings(changes: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(changes)) await admin.query(`ALTER SYSTEM SET ${name} = '${value}'`)
  await admin.query('SELECT pg_reload_conf()')
}

test('without a receiver it is the archive that is judged, and one that is named and not there is said', async () => {
  await write()
  const alone = await probe(await watched('postgres', []))
  expect(recoveryOf(alone)?.receivers).toEqual([])
  expect(alone.values['effectiveRpoMs']).toBeGreaterThan(0)
  expect(alone.values['effectiveRpoMs']).toBe(alone.values['archiveRpoMs'])
  expect(alone.values).not.toHaveProperty('unreceivedBytes')
  const found = await probe(await watched())
  expect(found).toMatchObject({status: 'degraded', reason: 'the WAL receiver vault is not connected'})
  expect(found.values['effectiveRpoMs']).toBe(found.values['archiveRpoMs'])
}, 120_000)

test('on a server on which nobody writes nothing would be lost, whatever it writes by itself', async () => {
  const target = await watched('postgres', [])
  await settings({autovacuum: 'off'})
  const lost = async (): Promise<unknown> => {
    await admin.query('CHECKPOINT')
    const {rows} = await admin.query<{segment: string}>('SELECT pg_walfile_name(pg_switch_wal()) AS segment')
    const [{segment} = {segment: ''}] = rows
    const archived = async (): Promise<boolean> =>
      (await admin.query('SELECT FROM pg_stat_archiver WHERE last_archived_wal >= $1', [segment])).rowCount === 1
    await expect.poll(archived, POLL).toBe(true)
    const {values} = await probe(target)
    return [values['archiveRpoMs'], (values['unarchivedBytes'] ?? 0) < 16_000]
  }
  await expect.poll(lost, POLL).toEqual([0, true])
  await write()
  expect((await probe(target)).values['archiveRpoMs']).toBeGreaterThan(0)
}, 300_000)

test('an archive that takes nothing is said while it lasts, with what waits, and no more when it takes again', async () => {
  const archive = path.join(bench.repository, 'archive')
  const inside = (await readdir(archive, {recursive: true, withFileTypes: true}))
    .filter(entry => entry.isDirectory())
    .map(entry => path.join(entry.parentPath, entry.name))
  const allow = async (mode: number): Promise<void> => {
    for (const directory of [archive, ...inside]) await chmod(directory, mode)
  }
  const target = await watched('postgres', [])
  await allow(0o550)
  try {
    await write()
    await admin.query('SELECT pg_switch_wal()')
    const said = {
      status: 'degraded',
      reason: expect.stringMatching(/^archiving fails, last .* ago, .* wait$/) as string,
    }
    await expect.poll(() => probe(target), POLL).toMatchObject(said)
  } finally {
    await allow(0o750)
  }
  await expect.poll(async () => (await probe(target)).reason, POLL).not.toContain('archiving fails')
}, 300_000)

describe('beside a pg_receivewal', () => {
  test('--synchronous that nobody waits for, what is on its disk is not lost', async () => {
    const receiver = await receive('--synchronous', '--slot=kept')
    try {
      const target = await watched()
      await write()
      await expect
        .poll(async () => {
          const found = await probe(target)
          const {state, behindBytes, lossMs} = receiverOf(found) ?? {}
          const {effectiveRpoMs = -1, archiveRpoMs = -1, unreceivedBytes} = found.values
          return {
            status: found.status,
            state,
            behindBytes,
            lossMs,
            effectiveRpoMs,
            unreceivedBytes,
            behindTheArchive: archiveRpoMs > 0,
            said: found.reason.includes('by the WAL receiver vault up to now'),
          }
        }, POLL)
        .toEqual({
          status: 'up',
          state: 'following',
          behindBytes: 0,
          lossMs: 0,
          effectiveRpoMs: 0,
          unreceivedBytes: 0,
          behindTheArchive: true,
          said: true,
        })
      // The same through a role that may see no more than that it is there.
      const unseen = await probe(await watched('watcher'))
      expect(unseen.status).toBe('degraded')
      expect(unseen.reason).toContain('GRANT pg_monitor')
      expect(receiverOf(unseen)).toMatchObject({
        name: 'vault',
        state: 'not seen',
        behindBytes: undefined,
        lossMs: undefined,
      })
      expect(unseen.values['effectiveRpoMs']).toBe(unseen.values['archiveRpoMs'])
    } finally {
      await receiver.stop()
    }
  }, 240_000)

  test('that commits wait for, and that is gone afterwards', async () => {
    const receiver = await receive('--synchronous', '--slot=kept')
    const target = await watched()
    try {
      await settings({synchronous_standby_names: 'vault'})
      await expect
        .poll(async () => {
          const found = await probe(target)
          return [receiverOf(found)?.state, receiverOf(found)?.lossMs, found.values['effectiveRpoMs']]
        }, POLL)
        .toEqual(['waited for', 0, 0])
      // Sessions that do not wait for it make the promise void.
      await settings({synchronous_commit: 'local'})
      await expect.poll(async () => receiverOf(await probe(target))?.state, POLL).toBe('following')
    } finally {
      await admin.query('ALTER SYSTEM RESET ALL')
      await admin.query('SELECT pg_reload_conf()')
      await receiver.stop()
    }
    await expect.poll(async () => receiverOf(await probe(target))?.state, POLL).toBe('not connected')
  }, 240_000)

  test('that says nothing of its disk, nothing is counted', async () => {
    const receiver = await receive()
    try {
      const target = await watched()
      await write()
      await expect
        .poll(async () => {
          const found = await probe(target)
          return [found.status, found.reason, found.values['effectiveRpoMs'] === found.values['archiveRpoMs']]
        }, POLL)
        .toEqual([
          'degraded',
          'the WAL receiver vault does not say what it has on its disk: it needs --synchronous',
          true,
        ])
    } finally {
      await receiver.stop()
    }
  }, 240_000)
})
