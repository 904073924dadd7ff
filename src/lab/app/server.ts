import {createServer} from 'node:http'
import type {IncomingMessage, Server, ServerResponse} from 'node:http'
import {setTimeout as pause} from 'node:timers/promises'
import {messageOf} from '../../errors.ts'
import {WELL, behaviourOfVersion, withFaults, worst} from './behaviour.ts'
import type {Behaviour} from './behaviour.ts'
import type {HealthDocument} from './health.ts'
import type {Log} from './log.ts'
import type {Answer} from './routes.ts'
import {acceptSockets} from './sockets.ts'

export interface AppOptions {
  readonly instance: string
  readonly version: string
  readonly health: () => Promise<HealthDocument>
  readonly routes: (request: IncomingMessage, url: URL) => Promise<Answer>
  readonly log: Log
}

export interface AppServer {
  readonly server: Server
  /**
   * Stops accepting, closes idle connections, lets requests in flight finish; false when some did not in time. WebSockets
   * get a close frame 1012.
   */
  drain(timeoutMs: number): Promise<boolean>
}

/** Longer than HAProxy keeps an idle connection, so that it is never this side that closes under a new request. */
const KEEP_ALIVE_MS = 75_000

export function createApp(options: AppOptions): AppServer {
  let faults: Behaviour = WELL
  let draining = false
  const own = behaviourOfVersion(options.version)

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? '/', 'http://app')
    const now = worst(own, faults)
    if (url.pathname === '/_fault') {
      if (!fromThisMachine(request)) return {status: 403, body: {error: 'only from this machine'}}
      const next = withFaults(faults, url.searchParams)
      if (next === undefined) return {status: 400, body: {error: 'errors=0..1, latency=MS, health=STATUS or reset'}}
      faults = next
      return {status: 200, body: {faults}}
    }
    if (url.pathname === '/health' || url.pathname.startsWith('/health/'))
      return healthAnswer(url.pathname, await options.health(), {forced: now.health, draining})
    if (now.latencyMs > 0) await pause(now.latencyMs)
    if (now.errors > 0 && Math.random() < now.errors) return {status: 500, body: {error: 'fault'}}
    if (now.smokeFails && url.pathname.startsWith('/products')) return {status: 500, body: {error: 'broken build'}}
    return options.routes(request, url)
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const result = await answer(request).catch((error: unknown): Answer => {
      options.log('error', 'request failed', {path: request.url, reason: messageOf(error)})
      return {status: 503, body: {error: 'the database is away'}}
    })
    if (result.status === 500) options.log('error', 'answered 500', {path: request.url})
    const text = JSON.stringify(result.body)
    response.writeHead(result.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'x-server': options.instance,
      'x-version': options.version,
      ...(draining ? {connection: 'close'} : {}),
    })
    response.end(text)
  }

  const server = createServer((request, response) => void serve(request, response))
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.headersTimeout = KEEP_ALIVE_MS + 5000
  const sockets = acceptSockets(server)
  const drain = async (timeoutMs: number): Promise<boolean> => {
    draining = true
    const closed = new Promise<boolean>(resolve => server.close(() => resolve(true)))
    const sweep = setInterval(() => server.closeIdleConnections(), 50)
    server.closeIdleConnections()
    sockets.dismiss()
    const clean = await Promise.race([closed, pause(timeoutMs, false)])
    clearInterval(sweep)
    return clean
  }
  return {server, drain}
}

/** `live`: the process answers. `ready`: it can take traffic. The others carry the whole document. */
export function healthAnswer(
  path: string,
  document: HealthDocument,
  state: {readonly forced: number; readonly draining: boolean},
): Answer {
  if (path === '/health/live') return {status: 200, body: {status: 'ok', version: document.version}}
  const well = state.forced === 0 ? document.status !== 'down' && !state.draining : state.forced < 400
  const status = state.forced === 0 ? (well ? 200 : 503) : state.forced
  const shown = well ? document : {...document, status: 'down'}
  const {checks: _, ...short} = shown
  if (path === '/health/ready' || path === '/health') return {status, body: short}
  if (path === '/health/detailed') return {status, body: shown}
  return {status: 404, body: {error: 'not found'}}
}

/** The load balancer forwards from this machine too, but says for whom. */
function fromThisMachine(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? ''
  return /^(?:::ffff:)?127\.|^::1$/.test(address) && request.headers['x-forwarded-for'] === undefined
}
