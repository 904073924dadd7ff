import {promisify} from 'node:util'
import {gzip as zlibGzip} from 'node:zlib'
import type {Exporter} from './exporter.ts'
import type {MonitorStatus} from './monitor-port.ts'
import {takesOpenMetrics} from './open-metrics.ts'
import {jsonAnswer, type Route} from './route.ts'

const compress = promisify(zlibGzip)

/** What the monitor says of itself: `/metrics` and `/healthz`. */
export const monitorRoutes = (exporter: Exporter, status: () => MonitorStatus): readonly Route[] => [
  {
    path: '/metrics',
    methods: ['GET'],
    answer: async ({headers}) => {
      const {type, text} = await exporter.expose(takesOpenMetrics(headers.accept) ? 'openmetrics' : 'prometheus')
      const gzip = takesGzip(headers['accept-encoding'])
      return {
        status: 200,
        type,
        body: gzip ? await compress(text) : text,
        headers: {vary: 'accept, accept-encoding', ...(gzip ? {'content-encoding': 'gzip'} : {})},
      }
    },
  },
  {
    path: '/healthz',
    methods: ['GET'],
    answer: () => {
      const health = healthDocument(status())
      return jsonAnswer(health.status === 'fail' ? 503 : 200, health)
    },
  },
]

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
