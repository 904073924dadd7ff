import type {Agent as HttpAgent, ClientRequest, IncomingMessage} from 'node:http'
import type {Agent as HttpsAgent} from 'node:https'
import type {TLSSocket} from 'node:tls'
import {plainHttp, secureHttp} from '../../connections/http.ts'
import type {Clock} from '../../units/clock.ts'

/** Of a body; health documents are small, and the rest of a large page tells nothing more. */
export const BODY_LIMIT = 256 * 1024

/** Milliseconds of each phase. Name look-up, connection and TLS are absent on a kept connection. */
export interface Phases {
  readonly lookup?: number
  readonly connect?: number
  readonly tls?: number
  readonly firstByte: number
  readonly body: number
}

export interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly body: string
  /** The body was longer than the limit and was cut. */
  readonly cut: boolean
  readonly phases: Phases
  /** End of the certificate's validity; undefined for http, and on a kept or resumed connection. */
  readonly certificateEnds: number | undefined
}

export interface Call {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly clock: Clock
}

export interface HttpClient {
  send(call: Call, signal: AbortSignal): Promise<Answer>
  close(): void
}

/** Keep-alive client of one probe: one connection, reused as long as the server holds it open. */
export function httpClient(): HttpClient {
  const options = {keepAlive: true, maxSockets: 2, maxFreeSockets: 1}
  let plain: HttpAgent | undefined
  let secure: HttpsAgent | undefined
  const once = (call: Call, signal: AbortSignal): Promise<Answer> => {
    if (call.url.protocol === 'https:') return exchange(call, signal, (secure ??= new (secureHttp().Agent)(options)))
    return exchange(call, signal, (plain ??= new (plainHttp().Agent)(options)))
  }
  return {
    async send(call, signal) {
      try {
        return await once(call, signal)
      } catch (thrown) {
        // The server closed the kept connection just as it was used again: that says nothing about its health.
        if (!(thrown instanceof StaleConnection) || signal.aborted) throw thrown
        return await once(call, signal)
      }
    },
    close() {
      plain?.destroy()
      secure?.destroy()
    },
  }
}

class StaleConnection extends Error {}

function exchange(call: Call, signal: AbortSignal, agent: HttpAgent | HttpsAgent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const {clock, url} = call
    const request = (url.protocol === 'https:' ? secureHttp() : plainHttp()).request(url, {
      agent,
      method: call.method,
      headers: {'user-agent': 'opsconsole', accept: '*/*', ...call.headers},
    })
    const stop = (): void => void request.destroy(signal.reason as Error)
    signal.addEventListener('abort', stop, {once: true})
    const finish = (): void => signal.removeEventListener('abort', stop)
    const marks = markPhases(request, clock)
    request.on('error', (error: NodeJS.ErrnoException) => {
      finish()
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(stale ? new StaleConnection(error.message, {cause: error}) : error)
    })
    request.on('response', response => {
      const firstByte = clock.monotonic()
      readBody(response)
        .then(({body, cut}) => {
          finish()
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location,
            body,
            cut,
            phases: {...marks(firstByte), body: clock.monotonic() - firstByte},
            certificateEnds: certificateEnd(response),
          })
        })
        .catch(reject)
    })
    request.end()
  })
}

/** Listens to the socket only when it is new: a kept one has no phases before the first byte. */
function markPhases(request: ClientRequest, clock: Clock): (firstByte: number) => Omit<Phases, 'body'> {
  const start = clock.monotonic()
  let last = start
  const phases: {lookup?: number; connect?: number; tls?: number} = {}
  const mark = (phase: keyof typeof phases) => (): void => {
    const now = clock.monotonic()
    phases[phase] = now - last
    last = now
  }
  request.on('socket', socket => {
    if (request.reusedSocket) return
    socket.once('lookup', mark('lookup'))
    socket.once('connect', mark('connect'))
    socket.once('secureConnect', mark('tls'))
  })
  return firstByte => ({...phases, firstByte: firstByte - last})
}

function readBody(response: IncomingMessage): Promise<{readonly body: string; readonly cut: boolean}> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > BODY_LIMIT) {
        resolve({body: Buffer.concat(chunks).toString('utf8', 0, BODY_LIMIT), cut: true})
        response.destroy()
      }
    })
    response.on('end', () => resolve({body: Buffer.concat(chunks).toString('utf8'), cut: false}))
    response.on('error', reject)
    response.on('close', () => reject(new Error('connection closed in the middle of the answer')))
  })
}

function certificateEnd(response: IncomingMessage): number | undefined {
  // A kept connection has left the answer by now.
  const socket = response.socket as Partial<TLSSocket> | null
  if (!socket?.getPeerCertificate) return undefined
  const ends = Date.parse(socket.getPeerCertificate().valid_to ?? '')
  return Number.isNaN(ends) ? undefined : ends
}
