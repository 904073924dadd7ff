import type {ClientRequest, IncomingMessage, RequestOptions} from 'node:http'
import {plainHttp, secureHttp} from '../../connections/http.ts'
import {lookUpUntil} from '../../connections/shared-lookup.ts'
import type {Clock} from '../../units/clock.ts'
import {BODY_LIMIT, decodeBody} from './body.ts'
import {handshakeOf, type Handshake} from './handshake.ts'

/** Of the headers of an answer; Node's own limit of 16 KB is less than what some proxies add. */
export const HEADER_LIMIT = 64 * 1024
/** Milliseconds of each phase. Name lookup, connection and TLS are absent on a kept connection. */
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
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Decoded text. */
  readonly body: string
  /** The body was longer than the limit and was cut. */
  readonly cut: boolean
  /** Bytes as they came, at most a little over the limit. */
  readonly bytes: number
  /** Why the body cannot be read as text, in words. */
  readonly unreadable: string | undefined
  readonly phases: Phases
  /** What the server showed in the handshake of this very answer; undefined for http. */
  readonly handshake: Handshake | undefined
}

export interface Call {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly clock: Clock
  /** The next probe comes so soon that the connection is worth keeping until then. */
  readonly keeps: boolean
}

/** The server closed a kept connection just as it was used again: that says nothing about its health. */
export class StaleConnection extends Error {}

/** Said at every request, unless they are configured. */
export const OWN_HEADERS = {'user-agent': 'opsconsole', accept: '*/*'}

/** Asks with Node's own client. `isReused`: over a connection that was used before. */
export function exchange(call: Call, signal: AbortSignal, way: RequestOptions, isReused = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const {clock, url} = call
    const isSecure = url.protocol === 'https:'
    const request = (isSecure ? secureHttp() : plainHttp()).request({
      lookup: lookUpUntil(() => signal.aborted),
      ...way,
      method: call.method,
      maxHeaderSize: HEADER_LIMIT,
      headers: {...OWN_HEADERS, ...call.headers},
    })
    request.reusedSocket = isReused
    const stop = (): void => void request.destroy(signal.reason as Error)
    signal.addEventListener('abort', stop, {once: true})
    const finish = (): void => signal.removeEventListener('abort', stop)
    const marks = markPhases(request, clock)
    const handshake = isSecure ? handshakeOf(request) : undefined
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
            headers: headersOf(response),
            ...decodeBody(body, cut, response.headers),
            bytes: body.length,
            phases: {...marks(firstByte), body: clock.monotonic() - firstByte},
            handshake: handshake?.(),
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

const headersOf = ({headers}: IncomingMessage): Answer['headers'] =>
  headers['set-cookie'] === undefined
    ? (headers as Answer['headers'])
    : {...headers, 'set-cookie': headers['set-cookie'].join(', ')}

/** Most answers come in one piece. */
const whole = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)

function readBody(response: IncomingMessage): Promise<{readonly body: Buffer; readonly cut: boolean}> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > BODY_LIMIT) {
        resolve({body: Buffer.concat(chunks), cut: true})
        response.destroy()
      }
    })
    response.on('end', () => resolve({body: whole(chunks), cut: false}))
    const cutOff = (cause?: Error): Error => new Error('connection closed in the middle of the answer', {cause})
    // Node calls it reset, whoever closed it and however.
    response.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ECONNRESET' ? cutOff(error) : error))
    response.on('close', () => reject(cutOff()))
  })
}
