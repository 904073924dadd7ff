import {Duplex} from 'node:stream'
import {urlToHttpOptions} from 'node:url'
import {decodeBody} from './body.ts'
import {type Answer, type Call, exchange, StaleConnection} from './exchange.ts'
import {type PlainAnswer, readPlainAnswer} from './plain-answer.ts'
import type {PlainConnection, Receiver} from './plain-connection.ts'
import {type PlainRequest, textOf} from './plain-request.ts'

/** Each is read from the beginning: whoever sends a letter at a time would cost a second of CPU. Node reads on from where it was. */
const MOST_PIECES = 16

interface Asked {
  readonly call: Call
  readonly request: PlainRequest
  readonly connection: PlainConnection
}

interface Told {
  readonly resolve: (answer: Answer | Promise<Answer>) => void
  readonly reject: (why: Error) => void
}

/**
 * Asks over a connection, and reads the answer when it is of the plainest form: that costs half of what Node's own client
 * costs. Whatever else comes is that client's to read, from its first byte on; so it is as strict as that one.
 */
export function askPlainly(asked: Asked, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const {connection, request, call} = asked
    const reader = new PlainReader(asked, signal, {resolve, reject})
    connection.ask(textOf(request, call.keeps), reader)
  })
}

class PlainReader implements Receiver {
  readonly #asked: Asked
  readonly #signal: AbortSignal
  readonly #told: Told
  readonly #askedAt: number
  #before: Buffer | undefined
  #pieces = 0
  #firstByteAt: number | undefined

  constructor(asked: Asked, signal: AbortSignal, told: Told) {
    this.#asked = asked
    this.#signal = signal
    this.#told = told
    this.#askedAt = asked.call.clock.monotonic()
    signal.addEventListener('abort', this.#stop, {once: true})
  }

  readonly #stop = (): void => {
    this.#asked.connection.close()
    this.#told.reject(this.#signal.reason as Error)
  }

  take(bytes: Buffer): void {
    this.#firstByteAt ??= this.#asked.call.clock.monotonic()
    const all = this.#before === undefined ? bytes : Buffer.concat([this.#before, bytes])
    const answer = readPlainAnswer(all, this.#asked.request.isHead)
    this.#pieces += 1
    if (answer === 'more' && this.#pieces < MOST_PIECES) this.#before = Buffer.from(all)
    else if (answer === 'more') this.#handOver(Buffer.from(all))
    else if (answer === 'unusual') this.#handOver(Buffer.from(all))
    else this.#answer(answer, this.#firstByteAt)
  }

  end(): void {
    if (this.#before === undefined && this.#asked.connection.isUsed) this.#fail(new StaleConnection('it was closed'))
    else this.#handOver(this.#before).end()
  }

  fail(error: NodeJS.ErrnoException): void {
    if (this.#before !== undefined) return this.#handOver(this.#before).fail(error)
    const isStale = this.#asked.connection.isUsed && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
    this.#fail(isStale ? new StaleConnection(error.message, {cause: error}) : error)
  }

  #fail(error: Error): void {
    this.#finish()
    this.#asked.connection.close()
    this.#told.reject(error)
  }

  #finish(): void {
    this.#signal.removeEventListener('abort', this.#stop)
  }

  #answer({status, headers, body, keeps, keepsMs}: PlainAnswer, firstByteAt: number): void {
    const {call, connection} = this.#asked
    this.#finish()
    const now = call.clock.monotonic()
    const phases = {...connection.phases(this.#askedAt, firstByteAt), body: now - firstByteAt}
    if (keeps && call.keeps) connection.keep(now, keepsMs)
    else connection.close()
    this.#told.resolve({
      status,
      location: headers['location'],
      headers,
      ...decodeBody(body, false, headers),
      bytes: body.length,
      phases,
      handshake: undefined,
    })
  }

  /** Node's client reads what has come, and what comes, as if it had asked. */
  #handOver(bytes: Buffer | undefined): Receiver {
    const {call, connection} = this.#asked
    this.#finish()
    const stream = new Duplex({
      read: () => undefined,
      // It was sent before.
      write: (_chunk, _encoding, done) => done(),
      destroy: (error, done) => {
        connection.close()
        done(error)
      },
    })
    const receiver: Receiver = {
      take: more => void stream.push(Buffer.from(more)),
      end: () => void stream.push(null),
      fail: error => void stream.destroy(error),
    }
    connection.handOver(receiver)
    const firstByteAt = this.#firstByteAt ?? call.clock.monotonic()
    const phases = connection.phases(this.#askedAt, firstByteAt)
    const way = {...urlToHttpOptions(call.url), createConnection: () => stream}
    const answer = exchange(call, this.#signal, way, connection.isUsed).then(read => ({
      ...read,
      phases: {...phases, body: call.clock.monotonic() - firstByteAt},
    }))
    if (bytes !== undefined) stream.push(bytes)
    this.#told.resolve(answer)
    return receiver
  }
}
