import {createHash} from 'node:crypto'
import {readdirSync, readFileSync} from 'node:fs'
import {rename} from 'node:fs/promises'
import path from 'node:path'
import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import restorePitr from '../../runbooks/restore-pitr.ts'
import {withSession} from '../../src/connections/postgres/session.ts'
import {unprivileged} from '../../src/lab/accounts.ts'
import {waitFor} from '../../src/lab/wait.ts'
import {execProgram} from '../../src/processes/run.ts'
import type {Ops} from '../../src/runbooks/ops.ts'
import {scratchConnection, type ScratchServer} from '../../src/backups/scratch.ts'
import {parseLsn, segmentName, segmentOf, USUAL_SEGMENT_BYTES} from '../../src/backups/wal/segment.ts'
import {flipByte} from '../servers/pgbackrest.ts'
import {type PhysicalBench, startPhysical} from '../servers/physical.ts'
import {ownedDirectory} from '../servers/scratch.ts'
import {walkRunbook, type Walked} from '../servers/walk-runbook.ts'
import {countOf, seedOr} from './sample.ts'

const COUNT = countOf('B2')
const SEED = seedOr(7)

/** What the database held right after a transaction, and the server's clock then. */
interface Moment {
  readonly at: string
  readonly checksum: string
  readonly lsn: string
}

const CHECKSUM = `SELECT md5(string_agg(line, '|' ORDER BY line)) AS checksum FROM (
  SELECT 'a' || ledger::text AS line FROM ledger UNION ALL SELECT 'b' || away::text FROM away) AS lines`

let bench: PhysicalBench
let tablespace = ''
const moments: Moment[] = []
const live = {before: ''}

beforeAll(async () => {
  bench = await startPhysical()
  tablespace = await ownedDirectory(path.join(bench.dir, 'tablespace'), await unprivileged(['postgres', 'nobody']))
  const client = new Client({connectionString: bench.server.url})
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`CREATE TABLESPACE away LOCATION '${tablespace}'`)
  await client.query('CREATE TABLE ledger (id int PRIMARY KEY, amount int, note text)')
  await client.query('CREATE TABLE away (id int) TABLESPACE away')
  await client.query("INSERT INTO ledger SELECT i, i, 'first' FROM generate_series(1, 500) i")
  await bench.ops().create('regular', 'full')
  await pastNewest()
  await change(client, 30)
  await client.query("SELECT pg_create_restore_point('before the deploy')")
  await bench.ops().create('regular', 'incr')
  await pastNewest()
  await change(client, 30)
  await client.query('DROP TABLE away')
  await client.query('SELECT pg_switch_wal()')
  const reached = async (): Promise<boolean> => {
    await bench.ops().recoveryPlan({to: moments.at(-1)?.at ?? ''})
    return true
  }
  expect(await waitFor(reached, {timeoutMs: 30_000})).toBe(true)
  await client.end()
  // With its server stopped, not a byte of it may change.
  await stopServer()
  live.before = bytesOf(bench.server.dir, tablespace)
}, 180_000)
afterAll(() => bench.stop())

/** A backup ends within the second that its catalogue names. */
async function pastNewest(): Promise<void> {
  const [newest] = await bench.ops().list()
  await waitFor(async () => Date.now() > (newest?.takenAt ?? 0) + 1000, {timeoutMs: 5000})
}

async function change(client: Client, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const id = 1000 + moments.length
    await client.query('BEGIN')
    await client.query('INSERT INTO ledger VALUES ($1::int, $1::int, md5($1::int::text))', [id])
    await client.query('UPDATE ledger SET amount = amount + 1 WHERE id % 7 = $1', [id % 7])
    await client.query('DELETE FROM ledger WHERE id = $1', [1 + (id % 500)])
    await client.query('INSERT INTO away VALUES ($1)', [id])
    await client.query('COMMIT')
    const {rows} = await client.query<Moment>(
      `SELECT checksum, clock_timestamp()::text AS at, pg_current_wal_lsn()::text AS lsn FROM (${CHECKSUM}) AS all_of_it`,
    )
    if (rows[0] !== undefined) moments.push(rows[0])
  }
}

async function stopServer(): Promise<void> {
  const account = await unprivileged(['postgres', 'nobody'])
  const drop =
    account === undefined ? [] : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--']
  await execProgram([...drop, `${bench.server.bin}/pg_ctl`, '-D', bench.server.dir, '-m', 'fast', '-w', 'stop'], {
    cwd: '/',
  })
}

/** One digest of every file below these directories: names and bytes. */
function bytesOf(...directories: readonly string[]): string {
  const hash = createHash('sha256')
  for (const directory of directories)
    for (const entry of readdirSync(directory, {recursive: true, withFileTypes: true}).sort((a, b) =>
      path.join(a.parentPath, a.name) < path.join(b.parentPath, b.name) ? -1 : 1,
    )) {
      const file = path.join(entry.parentPath, entry.name)
      hash.update(file)
      if (entry.isFile()) hash.update(readFileSync(file))
    }
  return hash.digest('hex')
}

const walk = (params: Record<string, unknown>): Promise<Walked> => {
  const ops = {environment: {name: 'test', protected: false}, backup: () => bench.ops()} as unknown as Ops
  return walkRunbook(restorePitr, {params, ops})
}

async function checksumIn(walked: Walked): Promise<string> {
  const server = walked.saved['server'] as ScratchServer
  try {
    return await withSession(scratchConnection(server), AbortSignal.timeout(20_000), async client => {
      const {rows} = await client.query<{checksum: string}>(CHECKSUM)
      return rows[0]?.checksum ?? ''
    })
  } finally {
    await bench.ops().removeScratch(server)
  }
}

/** A moment that a seed chooses; those are tried in `--full`. */
const chosen = (index: number): Moment => {
  const digest = createHash('sha256').update(`${SEED}/${index}`).digest()
  const found = moments[digest.readUInt32BE() % moments.length]
  if (found === undefined) throw new Error('no moment was recorded')
  return found
}

test(`B2: ${COUNT} random moments come back with the checksums that were recorded then`, {
  timeout: 30_000 * COUNT + 60_000,
}, async () => {
  let equal = 0
  for (let index = 0; index < COUNT; index += 1) {
    const {at, checksum} = chosen(index)
    const walked = await walk({to: at})
    expect(walked, walked.reason).toMatchObject({outcome: 'done'})
    expect(await checksumIn(walked), `moment ${at}`).toBe(checksum)
    equal += 1
  }
  expect(equal).toBe(COUNT)
  expect(bytesOf(bench.server.dir, tablespace)).toBe(live.before)
})

describe('a point that is not a moment', () => {
  test('a named point, before the newest backup: an older backup is taken', {timeout: 60_000}, async () => {
    const walked = await walk({point: 'before the deploy'})
    expect(walked, walked.reason).toMatchObject({outcome: 'done'})
    expect((walked.facts as {set: string}).set).toMatch(/F$/)
    expect(await checksumIn(walked)).toBe(moments[29]?.checksum)
  })

  test('a position, and the copy of a test is removed', {timeout: 60_000}, async () => {
    const walked = await walk({lsn: moments[40]?.lsn, keep: 'false'})
    expect(walked, walked.reason).toMatchObject({outcome: 'done', steps: {remove: 'done'}})
    const {directory} = walked.saved['server'] as ScratchServer
    expect(() => readdirSync(directory)).toThrow('ENOENT')
    expect((await bench.ops().list()).find(({restoreTestedAt}) => restoreTestedAt !== undefined)).toMatchObject({
      state: 'good',
    })
  })
})

describe('refused before a byte is copied', () => {
  const refused = async (params: Record<string, string>, code: string, words: RegExp): Promise<void> => {
    const commands = bench.tools.commands.length
    await expect(bench.ops().recoveryPlan(params)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words) as string,
    })
    expect(bench.tools.commands.length).toBe(commands)
  }

  test('a moment before the first backup, and one after the end of the archive, with the window', async () => {
    await refused({to: '2020-01-01T00:00Z'}, 'backup/window', /before the first moment that can be restored to, 20/)
    await refused({to: '2099-01-01T00:00Z'}, 'backup/window', /after the end of the archive: the last transaction/)
    const hint = expect.stringMatching(/^Restorable: 20\d\d-.* to 20\d\d-/) as string
    await expect(bench.ops().recoveryPlan({to: '2099-01-01T00:00Z'})).rejects.toMatchObject({hint})
  })

  test('a moment without a zone, a position that is not there yet, a point and a transaction that nobody made', async () => {
    await refused({to: '2026-11-26 12:00'}, 'usage/arguments', /has no zone/)
    await refused({lsn: 'FF/1'}, 'backup/window', /after the end/)
    await refused({point: 'no such'}, 'backup/window', /is not in the newest (segment|\d+ segments) of the archive/)
    await refused({xid: '4000000000'}, 'backup/window', /is not in the/)
  })

  test('a moment behind a hole in the log, which pgBackRest calls well', {timeout: 60_000}, async () => {
    // The segment in which that moment was written: by times alone, one second may belong to two of them.
    const number = segmentOf(parseLsn(moments[10]?.lsn ?? '') ?? 0n, USUAL_SEGMENT_BYTES)
    const name = segmentName({timeline: 1, number}, USUAL_SEGMENT_BYTES)
    const [file = ''] = await bench.files(new RegExp(`${name}-[0-9a-f]{40}`))
    await rename(file, `${bench.dir}/aside`)
    try {
      await refused({to: moments[10]?.at ?? ''}, 'backup/window', /hole|after the end|no transaction/)
    } finally {
      await rename(`${bench.dir}/aside`, file)
    }
  })
})

test('a repository that was damaged ends the restore: named, recorded, nothing else touched', {
  timeout: 120_000,
}, async () => {
  const bundles = await bench.files(/I\/(?:bundle\/\d+|pg_data\/.+)$/)
  for (const file of bundles) await flipByte(file)
  const {at = ''} = moments[45] ?? {}
  const walked = await walk({to: at})
  expect(walked).toMatchObject({outcome: 'undone', steps: {restore: 'undone'}})
  expect(walked.reason).toMatch(/could not be restored/)
  expect((await bench.ops().list())[0]).toMatchObject({state: 'damaged'})
  expect(bytesOf(bench.server.dir, tablespace)).toBe(live.before)
})
