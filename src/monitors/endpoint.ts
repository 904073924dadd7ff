import type {IncomingMessage, ServerResponse} from 'node:http'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {promisify} from 'node:util'
import {gzip as zlibGzip} from 'node:zlib'
import {messageOf, OpsError} from '../errors.ts'
import type {Exporter} from './exporter.ts'
import type {MonitorStatus} from './monitor-port.ts'

const compress = promisify(zlibGzip)

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

/** Serves `/metrics` and `/healthz`, reads only. Raises `agent/listen`. */
export async function serveEndpoint(
  listen: {readonly host: string; readonly port: number},
  exporter: Exporter,
  status: () => MonitorStatus,
): Promise<Endpoint> {
  const server = createServer((request, response) => void answer(request, response, exporter, status))
  server.requestTimeout = 10_000
  server.headersTimeout = 5_000
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  exporter: Exporter,
  status: () => MonitorStatus,
): Promise<void> {
  const send = (
    code: number,
    type: string,
    body: string | Buffer,
    more: Readonly<Record<string, string>> = {},
  ): void => {
    response.writeHead(code, {'content-type': type, 'cache-control': 'no-store', ...more})
    response.end(request.method === 'HEAD' ? undefined : body)
  }
  try {
    const {pathname} = new URL(request.url ?? '/', 'http://agent.invalid')
    if (request.method !== 'GET' && request.method !== 'HEAD') send(405, 'text/plain', 'only GET\n')
    else if (pathname === '/metrics') {
      const text = await exporter.text()
      const gzip = takesGzip(request.headers['accept-encoding'])
      const coded = gzip ? {vary: 'accept-encoding', 'content-encoding': 'gzip'} : {vary: 'accept-encoding'}
      send(200, exporter.contentType, gzip ? await compress(text) : text, coded)
    } else if (pathname === '/healthz') {
      const health = healthDocument(status())
      send(health.status === 'fail' ? 503 : 200, 'application/json', `${JSON.stringify(health)}\n`)
    } else send(404, 'text/plain', 'here are /metrics and /healthz\n')
  } catch (thrown) {
    send(500, 'text/plain', `${messageOf(thrown)}\n`)
  }
}

/** Every Prometheus asks for it: a thousand targets are 640 kB without. `gzip;q=0` says no. */
export const takesGzip = (header: string | readonly string[] | undefined): boolean =>
  String(header ?? '')
    .split(',')
    .some(each => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(each))

/** A health document of the kind that the console itself understands. */
export function healthDocument(status: MonitorStatus): {
  readonly status: 'ok' | 'fail'
  readonly checks: Readonly<Record<string, unknown>>
} {
  const ok = status.trouble === undefined && status.state !== 'nobody'
  return {
    status: ok ? 'ok' : 'fail',
    checks: {
      lease: {status: status.state === 'nobody' ? 'fail' : 'ok', message: `${status.state} ${status.holder}`.trim()},
      store: {status: status.trouble === undefined ? 'ok' : 'fail', message: status.trouble ?? ''},
    },
  }
}
