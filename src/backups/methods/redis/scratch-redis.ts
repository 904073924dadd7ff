import {access, open} from 'node:fs/promises'
import path from 'node:path'
import type {Redis} from 'ioredis'
import {messageOf, OpsError} from '../../../errors.ts'
import {readBoundedSoon} from '../../../files/bounded-file.ts'
import {escapeLine} from '../../../text/escape.ts'
import {sleep} from '../../../units/clock.ts'
import type {Exec} from '../../../processes/exec.ts'
import type {ScratchServer} from '../../scratch.ts'
import {PID, scratchRedisPid} from './stop-redis.ts'

const SOCKET = 'redis.sock'
const RDB = 'dump.rdb'
const LOG = 'log'
const READY_MS = 12 * 3_600_000
const PID_MS = 30_000

/** Where the RDB of a scratch server lies. */
export const scratchRdb = ({directory}: ScratchServer): string => path.join(directory, RDB)

/**
 * Starts a Redis on the RDB in its directory, and waits until it has loaded all of it, which checks its checksum. It opens no
 * port, and thinks itself the replica of nobody: a master would drop the keys whose time has passed. Raises `drill/failed`.
 */
export async function startScratchRedis(
  server: ScratchServer,
  {program, exec, signal}: {readonly program: string; readonly exec: Exec; readonly signal: AbortSignal},
): Promise<void> {
  const {directory} = server
  const settings = {
    port: '0',
    unixsocket: path.join(directory, SOCKET),
    unixsocketperm: '700',
    dir: directory,
    dbfilename: RDB,
    logfile: path.join(directory, LOG),
    pidfile: path.join(directory, PID),
    daemonize: 'yes',
    appendonly: 'no',
    save: '',
    replicaof: '127.0.0.1 1',
    'replica-read-only': 'no',
    'replica-serve-stale-data': 'yes',
  }
  const file = path.join(directory, 'redis.conf')
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(
      Object.entries(settings)
        .map(([name, value]) => `${name} ${name === 'replicaof' ? value : JSON.stringify(value)}\n`)
        .join(''),
    )
  } finally {
    await handle.close()
  }
  // env -i: it must not carry the tag of the run that looks for orphans by it.
  await exec(['env', '-i', 'PATH=/usr/local/bin:/usr/bin:/bin', 'LANG=C.UTF-8', program, file], {
    cwd: directory,
    signal,
  }).catch(async (cause: unknown) => {
    if (cause instanceof OpsError && cause.code === 'process/missing') throw cause
    throw new OpsError('drill/failed', `the scratch Redis did not start: ${await lastWords(server, messageOf(cause))}`)
  })
  await loaded(server, signal)
}

/** A connection to it. */
export async function openScratchRedis({directory}: ScratchServer): Promise<Redis> {
  const {Redis: Client} = (await import('ioredis')).default
  const redis = new Client({
    path: path.join(directory, SOCKET),
    lazyConnect: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  redis.on('error', () => undefined)
  await redis.connect()
  return redis
}

async function loaded(server: ScratchServer, signal: AbortSignal): Promise<void> {
  const {directory} = server
  const begun = Date.now()
  while (Date.now() - begun < READY_MS) {
    signal.throwIfAborted()
    if ((await stateOf(server)) === 'loaded') return
    // It writes its pid a moment after it went into the background, and leaves it there when it breaks off.
    const written = await access(path.join(directory, PID)).then(
      () => true,
      () => Date.now() - begun > PID_MS,
    )
    if (written && (await scratchRedisPid(directory)) === undefined && (await stateOf(server)) !== 'loaded')
      throw new OpsError('backup/restore', `Redis does not load the RDB: ${await lastWords(server, 'it wrote no log')}`)
    await sleep(100, signal)
  }
  throw new OpsError('drill/failed', 'the scratch Redis did not load its RDB')
}

async function stateOf(server: ScratchServer): Promise<'loaded' | 'loading' | 'gone'> {
  try {
    const redis = await openScratchRedis(server)
    try {
      return /^loading:0\r?$/m.test(await redis.info('persistence')) ? 'loaded' : 'loading'
    } finally {
      redis.disconnect()
    }
  } catch {
    return 'gone'
  }
}

async function lastWords({directory}: ScratchServer, otherwise: string): Promise<string> {
  const text = await readBoundedSoon(path.join(directory, LOG)).then(String, () => '')
  const lines = text.trim().split('\n').slice(-4).join(' | ')
  return escapeLine(lines === '' ? otherwise : lines, 500)
}
