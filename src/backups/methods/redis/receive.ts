import net from 'node:net'
import tls from 'node:tls'
import {reasonOf} from '../../../connections/reason.ts'
import {openNode} from '../../../connections/redis/nodes.ts'
import {addressText, type RedisAddress, type RedisUrl} from '../../../connections/redis/url.ts'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'

/** An RDB on its way, with the position in the replication stream that it shows. */
export interface ReceivedRdb {
  readonly replicationId: string
  readonly offset: string
  /** To its end, which the protocol tells; raises when the connection ends before that. */
  read(): AsyncGenerator<Buffer>
}

/** A server that says nothing at all for so long is gone: while it makes its snapshot it says so every second. */
const SILENCE_MS = 60_000

/**
 * What a Redis gives a new replica: a consistent RDB, made by its own fork and sent through the connection, so nothing is
 * written here. Raises `database/unreachable`.
 */
export async function receiveRdb(url: RedisUrl, signal: AbortSignal): Promise<ReceivedRdb> {
  const address = await masterOf(url, signal)
  const reader = await connect(url, address, signal)
  const fail = (what: string): OpsError => {
    reader.end()
    return new OpsError('database/unreachable', `Redis ${addressText(address)}: ${what}`, {
      hint: 'The user of redis.url needs +psync +replconf +info +ping, and the server a free place for a replica.',
    })
  }
  const ask = async (...words: readonly string[]): Promise<string> => {
    reader.write(words)
    return reader.line()
  }
  try {
    if (url.password !== undefined) {
      const said = await ask('AUTH', ...(url.username === undefined ? [] : [url.username]), url.password)
      if (said.startsWith('-') && !/no password is set|without any password configured/.test(said))
        throw fail('the user or the password is wrong')
    }
    // Only the snapshot; servers before 7.0 do not know it, and are left when they have sent it.
    await ask('REPLCONF', 'rdb-only', '1')
    const capable = await ask('REPLCONF', 'capa', 'eof')
    if (capable.startsWith('-')) throw fail(`it refuses replicas: ${escapeLine(capable.slice(1), 200)}`)
    const reply = await ask('PSYNC', '?', '-1')
    const [, replicationId, offset] = /^\+FULLRESYNC ([0-9a-f]+) (-?\d+)/.exec(reply) ?? []
    if (replicationId === undefined || offset === undefined)
      throw fail(`it gives no snapshot: ${escapeLine(reply.replace(/^-/, ''), 200)}`)
    let header = ''
    while (header === '') header = await reader.line()
    if (!header.startsWith('$')) throw fail(`it gives no snapshot: ${escapeLine(header, 200)}`)
    return {replicationId, offset, read: () => body(reader, header.slice(1))}
  } catch (cause) {
    signal.throwIfAborted()
    throw cause instanceof OpsError ? cause : fail(reasonOf(cause))
  }
}

/** Where the URL leads, through Sentinels too. A cluster is several servers, none of which has everything. */
async function masterOf(url: RedisUrl, signal: AbortSignal): Promise<RedisAddress> {
  const [first = {host: '127.0.0.1', port: 6379}] = url.hosts
  let nodes: Awaited<ReturnType<typeof openNode>>
  try {
    nodes = await openNode(url, signal)
  } catch (cause) {
    signal.throwIfAborted()
    throw new OpsError('database/unreachable', `Redis ${addressText(first)}: ${reasonOf(cause)}`, {cause})
  }
  const [{address, identity}] = nodes.sessions
  nodes.close()
  if (identity.mode === 'cluster' || identity.mode === 'sentinel')
    throw new OpsError(
      'database/unreachable',
      `Redis ${addressText(address)} is ${identity.mode === 'cluster' ? 'a node of a cluster' : 'a Sentinel'}: it does not hold everything`,
      {hint: 'Back up servers of their own; write redis+sentinel://HOST/MASTER for Sentinels.'},
    )
  return address
}

/** `$LENGTH`, or `$EOF:` and forty characters that come again at its end. */
async function* body(reader: Reader, header: string): AsyncGenerator<Buffer> {
  try {
    if (!header.startsWith('EOF:')) {
      for (let left = Number(header); left > 0; ) {
        const piece = await reader.some(left)
        left -= piece.length
        yield piece
      }
      return
    }
    const mark = Buffer.from(header.slice(4))
    let held: Buffer = Buffer.alloc(0)
    for (;;) {
      const piece = await reader.some(1024 * 1024)
      held = held.length === 0 ? piece : Buffer.concat([held, piece])
      // Servers that do not know rdb-only go on with what is written later.
      const at = held.indexOf(mark)
      if (at >= 0) {
        yield held.subarray(0, at)
        return
      }
      const safe = held.length - mark.length + 1
      if (safe > 0) {
        yield held.subarray(0, safe)
        held = Buffer.from(held.subarray(safe))
      }
    }
  } finally {
    reader.end()
  }
}

interface Reader {
  write(words: readonly string[]): void
  line(): Promise<string>
  /** At least one byte, at most so many. */
  some(limit: number): Promise<Buffer>
  end(): void
}

async function connect(url: RedisUrl, {host, port}: RedisAddress, signal: AbortSignal): Promise<Reader> {
  const socket = url.tls
    ? tls.connect({host, port, ...(net.isIP(host) === 0 ? {servername: host} : {})})
    : net.connect({host, port})
  const abort = (): void => void socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  signal.addEventListener('abort', abort, {once: true})
  socket.once('close', () => signal.removeEventListener('abort', abort))
  socket.setTimeout(SILENCE_MS, () => void socket.destroy(new Error(`it said nothing for ${SILENCE_MS / 1000} s`)))
  const pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let held: Buffer = Buffer.alloc(0)
  const more = async (): Promise<void> => {
    const next = await pieces.next()
    if (next.done === true) throw new Error('it closed the connection in the middle')
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value])
  }
  return {
    write(words) {
      socket.write(`*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`)
    },
    async line() {
      while (!held.includes('\n')) await more()
      const at = held.indexOf('\n')
      const text = held.subarray(0, at).toString('utf8').replace(/\r$/, '')
      held = held.subarray(at + 1)
      return text
    },
    async some(limit) {
      if (held.length === 0) await more()
      const piece = held.subarray(0, limit)
      held = held.subarray(piece.length)
      return piece
    },
    end: () => void socket.destroy(),
  }
}
