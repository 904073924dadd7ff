import type {IncomingMessage, ServerResponse} from 'node:http'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {messageOf, OpsError} from '../errors.ts'
import {plainAnswer, type Route, type RouteAnswer, RouteRefusal} from './route.ts'

/** Senders are few; whoever opens more connections than this is not one. */
const MOST_CONNECTIONS = 512

/** How long somebody may take, milliseconds. Node looks at the first two once in `check`: unless told, once in half a minute. */
export interface Patience {
  readonly headers: number
  readonly request: number
  readonly check: number
  /** Without a byte in either direction, such as one who asks and does not read. */
  readonly idle: number
}
const PATIENCE: Patience = {headers: 5_000, request: 10_000, check: 1_000, idle: 20_000}

export interface Endpoint {
  /** `http://127.0.0.1:9464` */
  readonly url: string
  close(): Promise<void>
}

/** `127.0.0.1:9464`, `[::1]:9464`, `:9464` (loopback) or a port. Raises `usage/arguments`. */
export function parseListen(text: string): {readonly host: string; readonly port: number} {
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:[\]]*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65_535)
    throw new OpsError('usage/arguments', `--listen should be ADDRESS:PORT, got ${JSON.stringify(text)}`)
  return {host: match[1]?.replace(/^\[|\]$/g, '') || '127.0.0.1', port}
}

/** Serves these paths and no others. Raises `agent/listen`. */
export async function serveEndpoint(
  listen: {readonly host: string; readonly port: number},
  routes: readonly Route[],
  {headers, request, check, idle}: Patience = PATIENCE,
): Promise<Endpoint> {
  const limits = {headersTimeout: headers, requestTimeout: request, connectionsCheckingInterval: check}
  const server = createServer(limits, (asked, response) => void answer(asked, response, routes))
  server.timeout = idle
  server.maxConnections = MOST_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen.port, listen.host, resolve)
  }).catch((cause: unknown) => {
    throw new OpsError('agent/listen', `cannot listen on ${listen.host}:${listen.port}: ${messageOf(cause)}`, {
      cause,
      hint: 'Choose another with --listen ADDRESS:PORT.',
    })
  })
  const {address, family, port} = server.address() as AddressInfo
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, routes: readonly Route[]): Promise<void> {
  const {status, type, body, headers} = await answerOf(request, routes).catch((thrown: unknown) =>
    plainAnswer(thrown instanceof RouteRefusal ? thrown.status : 500, messageOf(thrown)),
  )
  // What was not read of a body must not be taken for the next request.
  const unread = request.complete ? {} : {connection: 'close'}
  response.writeHead(status, {'content-type': type, 'cache-control': 'no-store', ...headers, ...unread})
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answerOf(request: IncomingMessage, routes: readonly Route[]): Promise<RouteAnswer> {
  const url = URL.parse(request.url ?? '/', 'http://agent.invalid')
  if (url === null) return plainAnswer(400, 'this is not an address')
  const {pathname, searchParams} = url
  const route = routes.find(({path}) => (path.endsWith('/') ? pathname.startsWith(path) : pathname === path))
  if (route === undefined) return plainAnswer(404, `here are ${routes.map(({path}) => path).join(', ')}`)
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '')
  if (!route.methods.some(each => each === method)) return plainAnswer(405, `only ${route.methods.join(' and ')}`)
  return route.answer({
    method,
    rest: pathname.slice(route.path.length),
    query: searchParams,
    headers: request.headers,
    body: () => readBody(request, route.bodyLimit ?? 0),
  })
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLong = new RouteRefusal(413, `the body is longer than ${limit} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLong
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > limit) throw tooLong
    parts.push(part)
  }
  return Buffer.concat(parts)
}
