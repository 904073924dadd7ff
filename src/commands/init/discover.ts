import {connect, type Socket} from 'node:net'
import {messageOf} from '../../errors.ts'
import {parseServersState} from '../../releases/traffic/haproxy/csv.ts'
import {ask} from '../../releases/traffic/haproxy/socket.ts'

/** Where to look. The defaults are where these programs listen when nobody changed it. */
export interface Surroundings {
  readonly host: string
  readonly redis: readonly number[]
  readonly postgres: readonly number[]
  readonly http: readonly number[]
  readonly sockets: readonly string[]
  readonly timeoutMs: number
}

export const USUAL: Surroundings = {
  host: '127.0.0.1',
  redis: [6379, 6380],
  postgres: [5432, 5433],
  http: [80, 8080, 8000, 8081, 3000, 4000, 5000, 9000, 9090],
  sockets: ['/run/haproxy/admin.sock', '/var/run/haproxy.sock', '/var/lib/haproxy/stats'],
  timeoutMs: 700,
}

export interface FoundBackend {
  readonly socket: string
  readonly backend: string
  readonly servers: readonly {readonly name: string; readonly address: string}[]
}

export interface Found {
  readonly redis: readonly {readonly port: number; readonly password: boolean}[]
  readonly postgres: readonly number[]
  readonly http: readonly {readonly port: number; readonly path: string; readonly status: number}[]
  readonly haproxy: readonly FoundBackend[]
  /** What is there but could not be asked, and why. */
  readonly notes: readonly string[]
}

/** Looks at the usual places of this machine, all at once. Nothing is changed anywhere. */
export async function discover(where: Surroundings, signal: AbortSignal): Promise<Found> {
  const each = <T>(ports: readonly number[], look: (port: number) => Promise<T | undefined>): Promise<T[]> =>
    Promise.all(ports.map(look)).then(found => found.filter(one => one !== undefined) as T[])
  const [redis, postgres, http, sockets] = await Promise.all([
    each(where.redis, port => lookForRedis(where, port, signal)),
    each(where.postgres, port => lookForPostgres(where, port, signal)),
    each(where.http, port => lookForHttp(where, port, signal)),
    Promise.all(where.sockets.map(socket => lookForHaproxy(where, socket, signal))),
  ])
  return {
    redis,
    postgres,
    http,
    haproxy: sockets.flatMap(({backends}) => backends),
    notes: sockets.flatMap(({note}) => (note === undefined ? [] : [note])),
  }
}

async function lookForRedis(
  where: Surroundings,
  port: number,
  signal: AbortSignal,
): Promise<Found['redis'][number] | undefined> {
  const answer = await exchange(where, port, Buffer.from('PING\r\n'), signal)
  if (answer?.startsWith('+PONG')) return {port, password: false}
  return answer && /^-(NOAUTH|DENIED)/.test(answer) ? {port, password: true} : undefined
}

/** PostgreSQL answers a request for TLS with one letter, before it asks who is there. */
async function lookForPostgres(where: Surroundings, port: number, signal: AbortSignal): Promise<number | undefined> {
  const wantTls = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
  const answer = await exchange(where, port, wantTls, signal)
  return answer === 'S' || answer === 'N' ? port : undefined
}

/** The first health path that answers well, else the front page with whatever status it has. */
async function lookForHttp(
  where: Surroundings,
  port: number,
  signal: AbortSignal,
): Promise<Found['http'][number] | undefined> {
  let fallback: Found['http'][number] | undefined
  for (const path of ['/health/ready', '/health', '/healthz', '/']) {
    const status = await statusOf(`http://${where.host}:${port}${path}`, where.timeoutMs, signal)
    if (status === undefined) return undefined
    if (status >= 200 && status < 300) return {port, path, status}
    fallback = {port, path, status}
  }
  return fallback
}

async function statusOf(url: string, timeoutMs: number, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel()
    return response.status
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}

async function lookForHaproxy(
  where: Surroundings,
  socket: string,
  signal: AbortSignal,
): Promise<{readonly backends: FoundBackend[]; readonly note?: string}> {
  try {
    const rows = parseServersState(await ask(socket, 'show servers state', signal, where.timeoutMs))
    const names = [...new Set(rows.map(row => row['be_name'] ?? ''))]
    const backends = names.map(backend => ({
      socket,
      backend,
      servers: rows
        .filter(row => row['be_name'] === backend)
        .map(row => ({name: row['srv_name'] ?? '', address: `${row['srv_addr']}:${row['srv_port']}`})),
    }))
    return {backends}
  } catch (error) {
    signal.throwIfAborted()
    const absent = /ENOENT|ECONNREFUSED/.test(`${messageOf(error)} ${messageOf((error as Error).cause ?? '')}`)
    return absent ? {backends: []} : {backends: [], note: `HAProxy socket ${socket}: ${messageOf(error)}`}
  }
}

/** Sends a few bytes and gives back the first that come. Undefined: nobody listens, or it says nothing in time. */
function exchange(
  {host, timeoutMs}: Surroundings,
  port: number,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({host, port})
    const finish = (answer: string | undefined): void => {
      socket.destroy()
      signal.removeEventListener('abort', stop)
      resolve(answer)
    }
    const stop = (): void => {
      socket.destroy()
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', stop, {once: true})
    socket.setTimeout(timeoutMs, () => finish(undefined))
    socket.once('connect', () => socket.write(bytes))
    socket.once('data', data => finish(data.toString('latin1')))
    socket.once('error', () => finish(undefined))
    socket.once('close', () => finish(undefined))
  })
}
