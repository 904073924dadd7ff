import {isIP, Socket} from 'node:net'
import {lookUpUntil} from '../../connections/shared-lookup.ts'
import type {Clock} from '../../units/clock.ts'
import type {Phases} from './exchange.ts'
import type {PlainRequest} from './plain-request.ts'

/** What comes is read, or copied, before anything else can come on any connection: one place for all of them. */
const SHARED = Buffer.allocUnsafe(64 * 1024)
/** A server that keeps a connection for some seconds may close it a little earlier. */
const EARLIER_MS = 1000

/** Whom it is told what comes. */
export interface Receiver {
  /** The bytes are its own only until it returns. */
  take(bytes: Buffer): void
  end(): void
  fail(error: Error): void
}

/** A connection to one server without anything of HTTP. */
export class PlainConnection {
  readonly #socket: Socket
  readonly #place: Pick<PlainRequest, 'host' | 'port'>
  readonly #openedAt: number
  #receiver: Receiver | undefined
  #lookup: number | undefined
  #connect: number | undefined
  #marked: number
  #keptUntil = 0
  #isUsed = false

  constructor(place: Pick<PlainRequest, 'host' | 'port'>, clock: Clock) {
    this.#place = place
    this.#openedAt = this.#marked = clock.monotonic()
    const mark = (): number => {
      const before = this.#marked
      this.#marked = clock.monotonic()
      return this.#marked - before
    }
    const socket = new Socket({
      onread: {
        buffer: SHARED,
        callback: length => {
          this.#took(SHARED.subarray(0, length))
          return true
        },
      },
    })
    this.#socket = socket
    // Both come once by themselves. Of a name each of its addresses is told; an address is not looked up.
    socket.on('connect', () => (this.#connect = mark()))
    socket.on('end', () => this.#end(receiver => receiver.end()))
    if (isIP(place.host) === 0) socket.once('lookup', () => (this.#lookup = mark()))
    socket.on('error', error => this.#end(receiver => receiver.fail(error)))
    socket.connect({host: place.host, port: place.port, lookup: lookUpUntil(() => socket.destroyed)})
  }

  /** Whether it answered before. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** Whether it waits for the next request. */
  get isKept(): boolean {
    return this.#keptUntil > 0
  }

  isFor({host, port}: Pick<PlainRequest, 'host' | 'port'>): boolean {
    return this.#place.host === host && this.#place.port === port
  }

  mayBeUsed(now: number, keptMs: number): boolean {
    return now < this.#keptUntil && now - this.#openedAt <= keptMs && !this.#socket.destroyed
  }

  ask(text: string, receiver: Receiver): void {
    if (this.isKept) this.#socket.ref()
    this.#keptUntil = 0
    this.#receiver = receiver
    this.#socket.write(text, 'latin1')
  }

  /** The same connection has another who is told. */
  handOver(receiver: Receiver): void {
    this.#receiver = receiver
  }

  /** It has answered, and waits for the next request; nothing is to come until then. */
  keep(now: number, forMs: number | undefined): void {
    this.#receiver = undefined
    this.#isUsed = true
    this.#keptUntil = forMs === undefined ? Number.POSITIVE_INFINITY : now + forMs - EARLIER_MS
    this.#socket.unref()
  }

  close(): void {
    this.#receiver = undefined
    this.#keptUntil = 0
    this.#socket.destroy()
  }

  /** Of an answer whose first byte came then. A kept connection has no phases before it. */
  phases(askedAt: number, firstByteAt: number): Omit<Phases, 'body'> {
    if (this.#isUsed) return {firstByte: firstByteAt - askedAt}
    return {
      ...(this.#lookup === undefined ? {} : {lookup: this.#lookup}),
      ...(this.#connect === undefined ? {} : {connect: this.#connect}),
      firstByte: firstByteAt - this.#marked,
    }
  }

  #took(bytes: Buffer): void {
    if (this.#receiver === undefined) this.close()
    else this.#receiver.take(bytes)
  }

  #end(tell: (receiver: Receiver) => void): void {
    const receiver = this.#receiver
    if (receiver === undefined) this.close()
    else tell(receiver)
  }
}
