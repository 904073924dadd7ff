import {Agent, request} from 'node:http'
import type {IncomingMessage} from 'node:http'
import {Counters} from './counters.ts'
import type {CountersView, Ending} from './counters.ts'
import {nextRequest} from './traffic.ts'
import type {Mix, PlannedRequest} from './traffic.ts'

export interface LoadSettings extends Mix {
  readonly rps: number
}

export interface LoadView extends CountersView, LoadSettings {
  readonly target: string
  readonly now: number
}

const TICK_MS = 5
const TIMEOUT_MS = 15_000
const MOST_IN_FLIGHT = 5000
const MOST_MARKS = 16
/** After a pause of the machine the generator does not fire everything it missed at once. */
const CATCH_UP_MS = 250

/** Open loop: requests leave at the set rate whether or not earlier ones were answered. */
export class Generator {
  #settings: LoadSettings
  readonly #target: URL
  readonly #agent = new Agent({keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, timeout: TIMEOUT_MS})
  #total = new Counters(Date.now())
  readonly #marks = new Map<string, Counters>()
  #inFlight = 0
  #owed = 0
  #last = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(target: string, settings: LoadSettings) {
    this.#target = new URL(target)
    this.#settings = settings
  }

  start(): void {
    this.#last = performance.now()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#agent.destroy()
  }

  set(settings: Partial<LoadSettings>): void {
    this.#settings = {...this.#settings, ...settings}
  }

  /** Opens counters of their own for everything sent from now on; the oldest of 16 makes room. */
  mark(name: string): void {
    this.#marks.delete(name)
    const oldest = this.#marks.keys().next().value
    if (this.#marks.size >= MOST_MARKS && oldest !== undefined) this.#marks.delete(oldest)
    this.#marks.set(name, new Counters(Date.now()))
  }

  reset(): void {
    this.#total = new Counters(Date.now())
    this.#marks.clear()
  }

  /** undefined when there is no such mark. */
  view(mark: string | undefined): LoadView | undefined {
    const counters = mark === undefined ? this.#total : this.#marks.get(mark)
    if (counters === undefined) return undefined
    return {...counters.view(mark ?? 'start'), ...this.#settings, target: this.#target.origin, now: Date.now()}
  }

  #tick(): void {
    const now = performance.now()
    this.#owed += (Math.min(now - this.#last, CATCH_UP_MS) / 1000) * this.#settings.rps
    this.#last = now
    for (; this.#owed >= 1; this.#owed -= 1) this.#send(nextRequest(this.#settings, Math.random))
  }

  #send(planned: PlannedRequest): void {
    const counters = [this.#total, ...this.#marks.values()]
    const start = performance.now()
    let open = true
    for (const counter of counters) counter.sent()
    this.#inFlight += 1
    const end = (kind: string | undefined, response?: IncomingMessage): void => {
      if (!open) return
      open = false
      this.#inFlight -= 1
      const ending: Ending = {
        at: Date.now(),
        ms: performance.now() - start,
        slow: planned.slow,
        path: planned.path,
        server: headerOf(response, 'x-server'),
        version: headerOf(response, 'x-version'),
        kind,
      }
      for (const counter of counters) counter.ended(ending)
    }
    if (this.#inFlight > MOST_IN_FLIGHT) return end('too many in flight')
    this.#request(planned, end)
  }

  #request(planned: PlannedRequest, end: (kind: string | undefined, response?: IncomingMessage) => void): void {
    const call = request({
      host: this.#target.hostname,
      port: this.#target.port,
      path: planned.path,
      method: planned.method,
      agent: this.#agent,
      headers: {
        cookie: `session=${planned.session}`,
        ...(planned.body === undefined
          ? {}
          : {'content-type': 'application/json', 'content-length': Buffer.byteLength(planned.body)}),
      },
    })
    const deadline = setTimeout(() => {
      end('timeout')
      call.destroy()
    }, TIMEOUT_MS)
    call.on('close', () => clearTimeout(deadline))
    call.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'))
    call.on('response', response => {
      const status = response.statusCode ?? 0
      response.resume()
      response.on('end', () => end(status >= 200 && status < 400 ? undefined : `http ${status}`, response))
      // An answer that breaks off has headers but no end.
      response.on('error', () => end('cut off', response))
      response.on('close', () => end('cut off', response))
    })
    call.end(planned.body)
  }
}

function headerOf(response: IncomingMessage | undefined, name: string): string {
  const value = response?.headers[name]
  return typeof value === 'string' ? value.slice(0, 40) : 'none'
}
