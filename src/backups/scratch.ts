import {closeSync, fstatSync, readFileSync} from 'node:fs'
import {randomBytes} from 'node:crypto'
import {chown, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {z} from 'zod'
import {completeConninfo, type Conninfo} from '../connections/postgres/conninfo.ts'
import {withSession} from '../connections/postgres/session.ts'
import {OpsError} from '../errors.ts'
import type {Exec} from '../processes/exec.ts'
import {identify, isAlive} from '../processes/identity.ts'
import {sleep} from '../units/clock.ts'
import {findProgram} from './methods/pgdump/binaries.ts'
import {openPlain} from '../files/plain-file.ts'

/** An unprivileged user of this host. */
export interface Account {
  readonly user: string
  readonly uid: number
  readonly gid: number
}

/** A throw-away place: a PostgreSQL server, or a directory for files. Plain data: it is saved in the run, so that a later step or another process can remove it. */
export interface ScratchServer {
  /** A PostgreSQL server when left out. */
  readonly type?: 'files' | 'redis' | undefined
  readonly directory: string
  readonly binaries: string
  /** Who runs it; undefined: the user of this process. */
  readonly account: Account | undefined
  readonly superuser: string
}

export interface ScratchOptions {
  readonly exec: Exec
  readonly signal: AbortSignal
  /** Of the server that the backup came from. */
  readonly major: number
  readonly binaries: string | undefined
  /** Runs the server when this process is root: PostgreSQL refuses to. */
  readonly user: string | undefined
  /** Shown in the directory's marker. */
  readonly run: string
}

const PREFIX = 'opsconsole-drill-'
/** Servers of restores to a moment: a person may keep one, so no drill takes it for an orphan. */
export const RECOVERED_PREFIX = 'opsconsole-pitr-'
const MARKER = 'opsconsole-drill.json'
const SUPERUSER = 'postgres'
/** No port is opened: the only way in is a socket in a directory that nobody else may enter. */
export const PORT = 5432

/** Where the scratch server answers. */
export const scratchConnection = (server: ScratchServer, database = 'postgres'): Conninfo =>
  completeConninfo(
    {host: server.directory, port: String(PORT), user: server.superuser, dbname: database, passfile: '', options: ''},
    {env: {}, home: server.directory, account: server.superuser},
  )

/** A new directory for a tablespace of it, which is removed with it. */
export async function scratchTablespace({directory, account}: ScratchServer): Promise<string> {
  const place = path.join(directory, `tablespace-${randomBytes(4).toString('hex')}`)
  await mkdir(place, {mode: 0o700})
  if (account !== undefined) await chown(place, account.uid, account.gid)
  return place
}

/** Short: the path of a socket may have 107 bytes. */
export const newScratchDirectory = (): string => path.join(tmpdir(), `${PREFIX}${randomBytes(5).toString('hex')}`)

/** The file that says whose it is. */
export const scratchMarker = ({directory}: ScratchServer): string => path.join(directory, MARKER)

/** A place for one scratch server. Nothing is made yet: it can be saved before the first change. */
export async function planScratch(options: ScratchOptions): Promise<ScratchServer> {
  const initdb = await findProgram('initdb', options.major, {directory: options.binaries})
  return {
    directory: newScratchDirectory(),
    binaries: path.dirname(initdb),
    account: await scratchAccount(options.user, options),
    superuser: SUPERUSER,
  }
}

/** initdb, start, and a first answer; `pg_ctl -w` alone is no proof. Raises `drill/failed` with the log's last lines. */
export async function startScratch(server: ScratchServer, options: ScratchOptions): Promise<void> {
  const {directory} = server
  await mkdir(directory, {mode: 0o700})
  await writeFile(
    path.join(directory, MARKER),
    JSON.stringify({run: options.run, owner: identify(process.pid), server}),
    {mode: 0o600},
  )
  if (server.account !== undefined) await chown(directory, server.account.uid, server.account.gid)
  const data = path.join(directory, 'data')
  const log = path.join(directory, 'log')
  await asUser(server, options, [
    'initdb',
    '-D',
    data,
    '-U',
    server.superuser,
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ])
  const settings = ["listen_addresses=''", `unix_socket_directories=${directory}`, `port=${PORT}`, 'max_wal_size=4GB']
  const started = await asUser(
    server,
    options,
    [
      'pg_ctl',
      '-D',
      data,
      '-l',
      log,
      '-w',
      '-t',
      '60',
      '-o',
      settings.map(setting => `-c ${setting}`).join(' '),
      'start',
    ],
    true,
  )
  const answered = started && (await answers(server, options.signal))
  if (!answered) throw new OpsError('drill/failed', `the scratch server did not start: ${await lastLines(log)}`)
}

/** Stops the server and removes its directory. Nothing to do when it is gone. Raises `drill/failed` when something stays. */
export async function removeScratch(server: ScratchServer, options: Pick<ScratchOptions, 'exec'>): Promise<void> {
  const {directory} = server
  if (![PREFIX, RECOVERED_PREFIX].some(prefix => path.basename(directory).startsWith(prefix)))
    throw new OpsError('drill/failed', `${directory} is not a directory of a drill; nothing was removed`)
  const there = await stat(directory).catch(() => undefined)
  if (there === undefined) return
  if (server.type === 'redis') await (await import('./methods/redis/stop-redis.ts')).stopScratchRedis(directory)
  const data = path.join(directory, 'data')
  // Not the step's signal: cleaning up must also work after an abort.
  const own = {exec: options.exec, signal: AbortSignal.timeout(60_000)}
  const pid = await postmaster(data)
  if (pid !== undefined) {
    await asUser(server, own, ['pg_ctl', '-D', data, '-m', 'immediate', '-w', '-t', '20', 'stop'], true)
    if ((await postmaster(data)) !== undefined) await kill(data, pid)
  }
  await rm(directory, {recursive: true, force: true})
}

const markerSchema = z.object({
  run: z.string(),
  owner: z.object({pid: z.number(), startTicks: z.number(), bootId: z.string()}),
  server: z.object({
    type: z.enum(['files', 'redis']).optional(),
    directory: z.string(),
    binaries: z.string(),
    account: z.object({user: z.string(), uid: z.number(), gid: z.number()}).optional(),
    superuser: z.string(),
  }),
})

/**
 * Scratch servers whose drill is gone: its process ended without removing them. They stand where everybody may put something,
 * and a marker says which program stops the server: only one that this account wrote is believed.
 */
export async function orphanedScratch(): Promise<readonly {readonly run: string; readonly server: ScratchServer}[]> {
  const names = (await readdir(tmpdir()).catch(() => [])).filter(name => name.startsWith(PREFIX))
  const found = await Promise.all(names.map(name => readMarker(path.join(tmpdir(), name))))
  return found.filter(item => item !== undefined)
}

async function readMarker(directory: string): Promise<{run: string; server: ScratchServer} | undefined> {
  try {
    const marker = markerSchema.parse(JSON.parse(readOwn(path.join(directory, MARKER))))
    const {run, owner, server} = marker
    if (server.directory !== directory || isAlive(owner)) return undefined
    return {run, server: {...server, account: server.account}}
  } catch {
    return undefined
  }
}

function readOwn(file: string): string {
  const descriptor = openPlain(file)
  try {
    const {uid, mode, nlink} = fstatSync(descriptor)
    if (uid !== process.geteuid?.() || nlink !== 1 || (mode & 0o022) !== 0) throw new Error(`${file} is not our own`)
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** Pid of the postmaster of exactly this data directory, or undefined: a pid may have been used again. */
export async function postmaster(data: string): Promise<number | undefined> {
  const text = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return command.split('\0').includes(data) ? pid : undefined
}

async function kill(data: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGQUIT')
  for (let round = 0; round < 100; round += 1) {
    if ((await postmaster(data)) === undefined) return
    await sleep(50)
  }
  throw new OpsError('drill/failed', `the scratch server (pid ${pid}) does not end`, {hint: `Its data: ${data}.`})
}

/** Runs a program of PostgreSQL as the unprivileged user; true when it exited with 0. */
export async function asUser(
  server: ScratchServer,
  options: Pick<ScratchOptions, 'exec' | 'signal'>,
  argv: readonly string[],
  anyExit = false,
): Promise<boolean> {
  const [program = '', ...args] = argv
  const environment = [`PATH=${server.binaries}:/usr/bin:/bin`, 'LANG=C.UTF-8', 'TZ=UTC', `HOME=${server.directory}`]
  // env -i: the server must not inherit the operator's PGDATA, or the tag of the run that looks for orphans by it.
  const clean = ['env', '-i', ...environment, path.join(server.binaries, program), ...args]
  const {account} = server
  const drop =
    account === undefined ? [] : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--']
  const result = await options.exec([...drop, ...clean], {
    cwd: server.directory,
    signal: options.signal,
    timeoutMs: 120_000,
    anyExit,
  })
  return result.exitCode === 0
}

/** Who runs a scratch server: PostgreSQL refuses to be run by root. Undefined: the user of this process. */
export async function scratchAccount(
  user: string | undefined,
  options: Pick<ScratchOptions, 'exec' | 'signal'>,
): Promise<ScratchServer['account']> {
  return process.getuid?.() === 0 ? accountOf(user ?? SUPERUSER, options) : undefined
}

async function accountOf(
  user: string,
  options: Pick<ScratchOptions, 'exec' | 'signal'>,
): Promise<NonNullable<ScratchServer['account']>> {
  const number = async (flag: string): Promise<number> => {
    const {stdout} = await options.exec(['id', flag, '--', user], {signal: options.signal})
    return Number(stdout.trim())
  }
  return {user, uid: await number('-u'), gid: await number('-g')}
}

async function answers(server: ScratchServer, signal: AbortSignal): Promise<boolean> {
  for (let round = 0; round < 50; round += 1) {
    const ok = await withSession(scratchConnection(server), signal, client => client.query('SELECT 1')).then(
      () => true,
      () => false,
    )
    if (ok) return true
    await sleep(100, signal)
  }
  return false
}

async function lastLines(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => 'no log was written')
  return text.trim().split('\n').slice(-3).join(' | ').slice(0, 600)
}
