import type {Agent as HttpsAgent} from 'node:https'
import {connect} from 'node:net'
import {urlToHttpOptions} from 'node:url'
import {secureHttp} from '../../connections/http.ts'
import {lookUpUntil} from '../../connections/shared-lookup.ts'
import {type Answer, type Call, exchange, StaleConnection} from './exchange.ts'
import {PlainConnection} from './plain-connection.ts'
import {askPlainly} from './plain-exchange.ts'
import {type PlainRequest, plainRequest} from './plain-request.ts'

/** A kept connection says nothing about what a new client would meet: after this long it is opened again. */
export const KEPT_MS = 10_000

export interface HttpClient {
  send(call: Call, signal: AbortSignal): Promise<Answer>
  close(): void
}

export interface TlsOptions {
  /** Certificates of the authorities that are trusted instead of the system's, PEM. */
  readonly ca?: string | undefined
  readonly servername?: string | undefined
}

/**
 * The client of one probe. A plain connection is kept for some seconds, so that a fast rhythm costs little, and not at all
 * where the next probe comes later: thousands of idle ones would be held here and at their servers for nothing. Over TLS
 * every probe makes a full handshake, as a new client would: what a resumed session hides is a renewed or wrong certificate.
 */
export function httpClient(tls: () => TlsOptions = () => ({})): HttpClient {
  return new ProbeClient(tls)
}

class ProbeClient implements HttpClient {
  readonly #tls: () => TlsOptions
  #kept: PlainConnection | undefined
  #secure: HttpsAgent | undefined
  #isClosed = false
  /** The same at every probe, unless it is redirected or its headers were read anew. */
  #last: {readonly call: Call; readonly request: PlainRequest | undefined} | undefined

  constructor(tls: () => TlsOptions) {
    this.#tls = tls
  }

  async send(call: Call, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#once(call, signal)
    } catch (thrown) {
      if (!(thrown instanceof StaleConnection) || signal.aborted) throw thrown
      return await this.#once(call, signal)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#kept?.close()
    this.#kept = undefined
    this.#secure?.destroy()
  }

  #once(call: Call, signal: AbortSignal): Promise<Answer> {
    const request = this.#requestOf(call)
    if (request !== undefined) return this.#plainly(call, request, signal)
    const place = urlToHttpOptions(call.url)
    if (call.url.protocol !== 'https:')
      return exchange(call, signal, {
        ...place,
        createConnection: ({host, port}) =>
          connect({host: host ?? '', port: Number(port), lookup: lookUpUntil(() => signal.aborted)}),
      })
    this.#secure ??= new (secureHttp().Agent)({keepAlive: false, maxCachedSessions: 0, ...this.#tls()})
    return exchange(call, signal, {...place, agent: this.#secure})
  }

  async #plainly(call: Call, request: PlainRequest, signal: AbortSignal): Promise<Answer> {
    const now = call.clock.monotonic()
    const before = this.#kept
    this.#kept = undefined
    const isUsable = before !== undefined && call.keeps && before.isFor(request) && before.mayBeUsed(now, KEPT_MS)
    if (!isUsable) before?.close()
    const connection = isUsable ? before : new PlainConnection(request, call.clock)
    const answer = await askPlainly({call, request, connection}, signal)
    if (connection.isKept && this.#isClosed) connection.close()
    else if (connection.isKept) this.#kept = connection
    return answer
  }

  #requestOf(call: Call): PlainRequest | undefined {
    const {url, headers} = this.#last?.call ?? {}
    if (this.#last === undefined || url !== call.url || headers !== call.headers)
      this.#last = {call, request: plainRequest(call)}
    return this.#last.request
  }
}
