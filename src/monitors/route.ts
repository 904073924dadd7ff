import type {IncomingHttpHeaders} from 'node:http'

/** What the agent's listener was asked. */
export interface RouteRequest {
  readonly method: string
  /** What follows the path of a route that ends with `/`, not decoded; else empty. */
  readonly rest: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The body, up to the limit of the route. Raises `RouteRefusal` 413 when it is longer. */
  readonly body: () => Promise<Buffer>
}

export interface RouteAnswer {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** One path of the agent's listener. */
export interface Route {
  /** `/metrics`; one that ends with `/` takes everything below it. */
  readonly path: string
  /** `HEAD` is answered where `GET` is. */
  readonly methods: readonly ('GET' | 'POST')[]
  /** Longest body, bytes; none is read when left out. */
  readonly bodyLimit?: number
  readonly answer: (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>
}

/** An answer that is no success, raised from anywhere inside a route. */
export class RouteRefusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'RouteRefusal'
    this.status = status
  }
}

export const plainAnswer = (status: number, text: string): RouteAnswer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${text}\n`,
})

export const jsonAnswer = (status: number, data: unknown): RouteAnswer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(data)}\n`,
})
