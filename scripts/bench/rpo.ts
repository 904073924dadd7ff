/**
 * What is lost when a PostgreSQL server and its disk are gone, by the way its log is kept: rows are committed one after
 * another, the postmaster and its data directory are taken away at a random moment, and the newest backup is brought back
 * from the repository alone by pgBackRest's own commands, on a new server. Lost is every commit that the writer had been
 * told of and that is not there. Nothing of ours takes part: these are the figures that an `rpo` can ask for.
 *
 *   node scripts/bench/rpo.ts [--rounds N] [--json]
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {rename, rm} from 'node:fs/promises'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {Client, type QueryResultRow} from 'pg'
import {unprivileged} from '../../src/lab/accounts.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {waitFor} from '../../src/lab/wait.ts'
import {childEnvironment} from '../../src/processes/environment.ts'
import {stopGroup} from '../../src/processes/stop.ts'
import {type PgbackrestBench, startPgbackrest} from '../../test/servers/pgbackrest.ts'
import {ownedDirectory} from '../../test/servers/scratch.ts'

const {values: flags} = parseArgs({
  options: {rounds: {type: 'string', default: '3'}, json: {type: 'boolean', default: false}},
})

interface Way {
  readonly name: string
  readonly archiveTimeout: number
  /** pg_receivewal --synchronous beside the archive; `waited`: every commit waits for it. */
  readonly receiver?: 'beside' | 'waited'
}

const WAYS: readonly Way[] = [
  {name: 'archive_timeout=0', archiveTimeout: 0},
  {name: 'archive_timeout=10s', archiveTimeout: 10},
  {name: 'archive_timeout=5s', archiveTimeout: 5},
  {name: 'receiver beside it', archiveTimeout: 60, receiver: 'beside'},
  {name: 'receiver that commits wait for', archiveTimeout: 60, receiver: 'waited'},
]
const PACE_MS = 10
const [LEAST_MS, MOST_MS] = [12_000, 22_000]
const RECEIVER = 'opsdr'

interface Loss {
  readonly commits: number
  readonly lost: number
  /** From the newest commit that is there to the newest that was confirmed. */
  readonly lostMs: number
  /** Median of what a commit took. */
  readonly commitMs: number
}

const account = await unprivileged(['postgres', 'nobody'])
const asServer =
  account === undefined ? [] : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--']
const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0

async function connect(port: number): Promise<Client> {
  const client = new Client({connectionString: `postgres://postgres@127.0.0.1:${port}/postgres`})
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** In a process group of its own, as the account of the server. */
function start(argv: readonly string[]): ChildProcess {
  const [program = '', ...words] = [...asServer, ...argv]
  return spawn(program, words, {stdio: 'ignore', detached: true, cwd: '/', env: childEnvironment(process.env)})
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null) await stopGroup(child.pid, 10_000)
}

/** The log as it is written, streamed into a directory. */
function startReceiver({server}: PgbackrestBench, directory: string): {stop(): Promise<void>} {
  const child = start([
    path.join(server.bin, 'pg_receivewal'),
    '--synchronous',
    '--no-loop',
    `--slot=${RECEIVER}`,
    '--directory',
    directory,
    `--dbname=postgres://postgres@127.0.0.1:${server.port}/postgres?application_name=${RECEIVER}`,
  ])
  return {stop: () => end(child)}
}

async function ask<Row extends QueryResultRow>(port: number, sql: string): Promise<readonly Row[]> {
  const client = await connect(port)
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Commits a row every few milliseconds until the server is gone. */
async function write(port: number, until: () => boolean): Promise<{times: readonly number[]; took: readonly number[]}> {
  const client = await connect(port)
  const [times, took]: [number[], number[]] = [[], []]
  try {
    while (!until()) {
      const begun = performance.now()
      await client.query('INSERT INTO beats VALUES ($1)', [times.length])
      times.push(performance.now())
      took.push(performance.now() - begun)
      await sleep(PACE_MS)
    }
  } catch {
    // The disaster. What was not confirmed does not count.
  }
  await client.end().catch(() => undefined)
  return {times, took}
}

async function lossOf(way: Way): Promise<Loss> {
  const bench = await startPgbackrest([`archive_timeout=${way.archiveTimeout}`, 'synchronous_commit=on'])
  const stream = await ownedDirectory(path.join(bench.dir, 'stream'), account)
  let receiver: {stop(): Promise<void>} | undefined
  try {
    const admin = await connect(bench.server.port)
    await admin.query('CREATE TABLE beats (n int PRIMARY KEY)')
    if (way.receiver !== undefined) {
      await admin.query(`SELECT pg_create_physical_replication_slot('${RECEIVER}', true)`)
      receiver = startReceiver(bench, stream)
      const streams = async (): Promise<boolean> =>
        (await admin.query(`SELECT FROM pg_stat_replication WHERE application_name = '${RECEIVER}'`)).rowCount === 1
      if (!(await waitFor(streams, {timeoutMs: 30_000}))) throw new Error('the receiver does not receive')
      if (way.receiver === 'waited') {
        await admin.query(`ALTER SYSTEM SET synchronous_standby_names = '${RECEIVER}'`)
        await admin.query('SELECT pg_reload_conf()')
      }
    }
    await bench.run('backup', '--type=full', '--no-expire-auto')
    await admin.end()
    let ended = false
    const writing = write(bench.server.port, () => ended)
    await sleep(LEAST_MS + Math.random() * (MOST_MS - LEAST_MS))
    process.kill(bench.server.pid, 'SIGKILL')
    await rename(bench.server.dir, `${bench.server.dir}.lost`)
    ended = true
    const {times, took} = await writing
    await receiver?.stop()
    const there = await recover(bench, way.receiver === undefined ? undefined : stream)
    const newest = times.length - 1
    return {
      commits: times.length,
      lost: times.filter((_, n) => !there.has(n)).length,
      lostMs: Math.round((times[newest] ?? 0) - (times[Math.min(newest, Math.max(...there, 0))] ?? 0)),
      commitMs: Number(median(took).toFixed(2)),
    }
  } finally {
    await receiver?.stop()
    await bench.stop()
  }
}

/** The newest backup and all of the log that is left, on a new server: the rows that are there. */
async function recover(bench: PgbackrestBench, stream: string | undefined): Promise<ReadonlySet<number>> {
  const directory = await ownedDirectory(path.join(bench.dir, 'again'), account)
  const archived = `pgbackrest --config=${bench.config} --stanza=${bench.stanza} --pg1-path=${directory} archive-get %f "%p"`
  const streamed =
    stream === undefined ? '' : ` || cp ${stream}/%f "%p" 2>/dev/null || cp ${stream}/%f.partial "%p" 2>/dev/null`
  await bench.run(
    `--pg1-path=${directory}`,
    '--archive-mode=off',
    `--recovery-option=restore_command=${archived}${streamed}`,
    'restore',
  )
  const [port = 0] = await freePorts(1)
  const socket = await ownedDirectory(path.join(bench.dir, 'socket'), account)
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${socket}`,
    'synchronous_standby_names=',
  ]
  const child = start([
    path.join(bench.server.bin, 'postgres'),
    '-D',
    directory,
    ...settings.flatMap(setting => ['-c', setting]),
  ])
  const ended = once(child, 'exit')
  try {
    // A condition that throws is only tried again.
    const promoted = async (): Promise<boolean> => {
      if (child.exitCode !== null) return true
      const [row] = await ask<{recovering: boolean}>(port, 'SELECT pg_is_in_recovery() AS recovering')
      return row?.recovering === false
    }
    if (!(await waitFor(promoted, {timeoutMs: 120_000}))) throw new Error('the restored server was not promoted')
    const rows = await ask<{n: number}>(port, 'SELECT n FROM beats')
    return new Set(rows.map(({n}) => n))
  } finally {
    await end(child)
    await ended
    await rm(directory, {recursive: true, force: true})
  }
}

const losses = new Map(WAYS.map(way => [way, [] as Loss[]]))
for (let round = 0; round < Number(flags.rounds); round += 1)
  await Promise.all(WAYS.map(async way => losses.get(way)?.push(await lossOf(way))))
for (const [way, found] of losses) {
  const list = (of: (loss: Loss) => number): string => found.map(of).join(', ')
  console.log(
    flags.json
      ? JSON.stringify({way: way.name, losses: found})
      : `${way.name}: lost ${list(({lost}) => lost)} of ${list(({commits}) => commits)} commits, ${list(({lostMs}) => lostMs)} ms; a commit took ${list(({commitMs}) => commitMs)} ms`,
  )
}
