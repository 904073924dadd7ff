import {createHash} from 'node:crypto'
import {open} from 'node:fs/promises'
import type {Redis} from 'ioredis'
import {reasonOf} from '../../../connections/reason.ts'
import {parseInfo} from '../../../connections/redis-info.ts'
import {openNode} from '../../../connections/redis/nodes.ts'
import {addressText, parseRedisUrl, type RedisUrl} from '../../../connections/redis/url.ts'
import type {ResolveSecret} from '../../../config/fields.ts'
import {OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {sealStream} from '../../compression/seal-stream.ts'
import {unfold} from '../../compression/unfold.ts'
import type {RedisManifest} from '../../manifest.ts'
import {newScratchDirectory, removeScratch, type ScratchServer} from '../../scratch.ts'
import {makeScratchDirectory} from '../../scratch-directory.ts'
import type {BackupMethod, LiveDatabase, Taken, TakeTools} from '../method.ts'
import {countRdb, OWN_KEY, type RdbCounts} from './count-rdb.ts'
import {fitOf} from './fit.ts'
import {claim, copyAll, unclaim, withTarget} from './into-server.ts'
import {proveScratch, proveServer} from './prove.ts'
import {receiveRdb} from './receive.ts'
import type {RedisSpec} from './schema.ts'
import {openScratchRedis, scratchRdb, startScratchRedis} from './scratch-redis.ts'

/** One Redis, all its databases: as it gives itself to a replica, and back into an empty server. */
export function openRedisMethod(
  spec: RedisSpec,
  {exec, secret}: {readonly exec: Exec; readonly secret: ResolveSecret},
): BackupMethod {
  const source = async (): Promise<RedisUrl> => parseRedisUrl(await secret(spec.url))
  const target = async (): Promise<string> => {
    if (spec.into !== undefined) return secret(spec.into)
    throw new OpsError('config/invalid', 'the backup names no server that a restore may fill', {
      hint: 'Set redis.into to the URL of an empty one.',
    })
  }
  const intoServer = async <T>(signal: AbortSignal, work: (redis: Redis) => Promise<T>): Promise<T> =>
    withTarget(await target(), signal, work)
  const start = (server: ScratchServer, signal: AbortSignal): Promise<void> =>
    startScratchRedis(server, {program: spec.program, exec, signal})
  return {
    live: async () => liveOf(await source()),
    takeCommand: async () => {
      const {hosts, sentinel} = await source()
      const [host = {host: '127.0.0.1', port: 6379}] = hosts
      return `redis-cli -h ${host.host} -p ${host.port} --rdb -${sentinel === undefined ? '' : ` (of the master ${sentinel})`} | zstd -3`
    },
    take: async (into, tools) => takeRdb(await source(), into, tools),
    fit: (of: RedisManifest, place, signal) =>
      fitOf(of, {place, program: spec.program, exec, signal, target: spec.into === undefined ? undefined : target}),
    async check(copy, of: RedisManifest, signal) {
      const counter = countRdb()
      await passOn(unfold(copy, signal), of, async piece => {
        if (of.unproved.length === 0) counter.push(piece)
      })
      if (of.unproved.length === 0) counter.end()
    },
    fillCommand: ({scratch}) =>
      scratch === undefined
        ? 'zstd -d (into the server of redis.into, by RESTORE)'
        : `zstd -d > ${scratchRdb(scratch)}`,
    commands: ({scratch}) =>
      scratch === undefined
        ? {make: `SET ${OWN_KEY}`, drop: `FLUSHALL (where ${OWN_KEY} is)`, write: `SET, GET, DEL ${OWN_KEY}`}
        : {make: `mkdir ${scratch.directory}`, drop: 'SHUTDOWN', write: `SET, GET, DEL ${OWN_KEY} (scratch server)`},
    scratch: {plan: async () => newScratch(), start: makeScratchDirectory},
    async prepare(of: RedisManifest, {scratch}, signal) {
      if (scratch === undefined) await intoServer(signal, redis => claim(redis, of.id))
    },
    fill: (copy, of: RedisManifest, {scratch}, {signal, log}) =>
      scratch === undefined
        ? fillServer({copy, of}, {signal, log, start, exec, intoServer})
        : fillScratch({copy, of}, scratch, {signal, start}),
    async prove(of: RedisManifest, {scratch}, options) {
      if (scratch !== undefined) return proveScratch(of, scratch, options)
      const rdb = await receiveRdb(parseRedisUrl(await target()), options.signal)
      const proof = await proveServer(of, rdb.read(), options)
      // It is nobody's to empty any more.
      if (proof.ok) await intoServer(options.signal, redis => redis.del(OWN_KEY))
      return proof
    },
    analyze: async () => undefined,
    writeOnce: ({scratch}, signal) =>
      scratch === undefined ? intoServer(signal, writeOnce) : onScratch(scratch, writeOnce),
    async drop({scratch}, signal) {
      if (scratch === undefined) await intoServer(signal, unclaim)
    },
  }
}

const LOGGED = 10_000

const newScratch = (): ScratchServer => ({
  type: 'redis',
  directory: newScratchDirectory(),
  binaries: '',
  account: undefined,
  superuser: '',
})

/** A source that does not answer is no reason not to restore; whoever wants to copy it is told by its question. */
async function liveOf(url: RedisUrl): Promise<LiveDatabase> {
  const [host = {host: '127.0.0.1', port: 6379}] = url.hosts
  const name = addressText(host)
  const none = {noun: 'server', name, server: name, bytes: 0, sessions: 0, serverVersion: '', major: 0} as const
  try {
    const nodes = await openNode(url, AbortSignal.timeout(10_000))
    try {
      const [{redis, identity}] = nodes.sessions
      const info = parseInfo(await redis.info())
      return {
        ...none,
        exists: true,
        bytes: Number(info.get('used_memory') ?? 0),
        sessions: Number(info.get('connected_clients') ?? 0),
        serverVersion: identity.version ?? '',
        major: Number.parseInt(identity.version ?? '', 10) || 0,
      }
    } finally {
      nodes.close()
    }
  } catch {
    return {...none, exists: false}
  }
}

async function takeRdb(url: RedisUrl, into: Parameters<BackupMethod['take']>[0], tools: TakeTools): Promise<Taken> {
  const rdb = await receiveRdb(url, tools.signal)
  const takenAt = tools.clock.now()
  tools.log(`snapshot at offset ${rdb.offset} of ${rdb.replicationId}`)
  const counting = counted(rdb.read())
  const stored = await sealStream(counting.pieces, into, {
    signal: tools.signal,
    progress: done => tools.progress(done, Math.max(done, 1), 'bytes'),
  })
  const {tables, functions, header, unread} = counting.end()
  const [host = {host: '127.0.0.1', port: 6379}] = url.hosts
  return {
    method: 'redis',
    database: addressText(host),
    takenAt,
    serverTime: new Date(takenAt).toISOString(),
    serverVersion: header.get('redis-ver') ?? '',
    databaseBytes: Number(header.get('used-mem') ?? stored.plainBytes),
    replicationId: rdb.replicationId,
    offset: rdb.offset,
    functions,
    ...stored,
    tables: [...tables],
    unproved: unread === undefined ? [] : [{schema: 'all databases', name: 'keys', reason: unread}],
  }
}

/** Counts what passes. What cannot be counted is kept all the same, and said to be unproved; half an RDB is not kept. */
function counted(rdb: AsyncIterable<Buffer>): {
  readonly pieces: AsyncIterable<Buffer>
  end(): RdbCounts & {readonly unread: string | undefined}
} {
  const counter = countRdb()
  let unread: string | undefined
  async function* pieces(): AsyncGenerator<Buffer> {
    for await (const piece of rdb) {
      try {
        if (unread === undefined) counter.push(piece)
      } catch (error) {
        unread = reasonOf(error)
      }
      yield piece
    }
  }
  return {
    pieces: pieces(),
    end: () =>
      unread === undefined ? {...counter.end(), unread} : {tables: [], functions: 0, header: new Map(), unread},
  }
}

/** Hands the plain bytes on, and raises at the end when they are not those that were copied. */
async function passOn(
  plain: AsyncIterable<Buffer>,
  of: RedisManifest,
  write: (piece: Buffer) => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256')
  for await (const piece of plain) {
    hash.update(piece)
    await write(piece)
  }
  if (hash.digest('hex') !== of.plainSha256) throw new Error('its bytes are not those that were copied')
}

interface Filling {
  readonly copy: AsyncIterable<Uint8Array>
  readonly of: RedisManifest
}
interface Starting {
  readonly signal: AbortSignal
  readonly start: (server: ScratchServer, signal: AbortSignal) => Promise<void>
}

async function fillScratch({copy, of}: Filling, server: ScratchServer, {signal, start}: Starting): Promise<void> {
  const file = await open(scratchRdb(server), 'wx', 0o600)
  try {
    await passOn(unfold(copy, signal), of, piece => file.writeFile(piece))
  } finally {
    await file.close()
  }
  await start(server, signal)
}

/** By way of a scratch server, which reads the RDB as Redis does. */
async function fillServer(
  filling: Filling,
  tools: Starting & {
    readonly exec: Exec
    readonly log: (line: string) => void
    readonly intoServer: <T>(signal: AbortSignal, work: (redis: Redis) => Promise<T>) => Promise<T>
  },
): Promise<void> {
  const {signal, log} = tools
  const own = newScratch()
  const progress = (done: number): void => (done % LOGGED === 0 ? log(`${done} keys`) : undefined)
  try {
    await makeScratchDirectory(own, {run: filling.of.id})
    await fillScratch(filling, own, tools)
    await onScratch(own, from => tools.intoServer(signal, to => copyAll(from, to, {signal, progress})))
  } finally {
    await removeScratch(own, tools)
  }
}

async function onScratch<T>(server: ScratchServer, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = await openScratchRedis(server)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

async function writeOnce(redis: Redis): Promise<void> {
  const own = `${OWN_KEY}:write`
  await redis.set(own, '1')
  const read = await redis.get(own)
  await redis.del(own)
  if (read !== '1') throw new Error('what was written could not be read back')
}
