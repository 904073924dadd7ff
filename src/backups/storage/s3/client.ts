import type {IncomingHttpHeaders, IncomingMessage} from 'node:http'
import {OpsError} from '../../../errors.ts'
import {sleep} from '../../../units/clock.ts'
import {type StorageTools, TEXT_LIMIT} from '../storage.ts'
import {openExchange, type S3Call} from './exchange.ts'
import {codeOf, refused, storageFailure, unanswered} from './failure.ts'
import type {S3StorageSpec} from './schema.ts'

export interface S3Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface S3Client {
  readonly address: string
  /** Raises `backup/storage` for what is neither a success nor accepted. */
  call(call: S3Call): Promise<S3Answer>
  /** The answer once its head is there. Raises as `call` does. */
  stream(call: S3Call): Promise<IncomingMessage>
}

/** A server that says nothing for so long has gone. */
const IDLE_MS = 60_000
const ATTEMPTS = 3
const PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000
/** Failures of the moment, by their codes; the others would be the same the next time. */
const PASSING = /^(?:RequestTimeout|BadDigest|XAmzContentSHA256Mismatch|InternalError|SlowDown|ServiceUnavailable)$/
const STALE = /^(?:ExpiredToken|InvalidAccessKeyId|InvalidToken|SignatureDoesNotMatch)$/
const FINAL_STATUS = new Set([501, 505, 507])

/** How long a silent server is waited for, and how long until the second try; each later one waits twice as long. */
export interface Patience {
  readonly idleMs?: number
  readonly pauseMs?: number
}

/** Requests to one bucket: signed, tried again where that helps, refused in words for people. */
export function s3Client(
  spec: S3StorageSpec,
  tools: Pick<StorageTools, 'secret'>,
  address: string,
  {idleMs = IDLE_MS, pauseMs = PAUSE_MS, now = () => Date.now()}: Patience & {readonly now?: () => number} = {},
): S3Client {
  const exchange = openExchange(spec, tools, {idleMs, now})

  /** What to do about an answer: undefined, it is what the caller wants. */
  async function judge(call: S3Call, message: IncomingMessage): Promise<Failure | undefined> {
    const {statusCode: status = 0, headers} = message
    if ((status >= 200 && status < 300) || call.accept?.includes(status) === true) return undefined
    const answer = {status, headers, body: await collect(call, message, address)}
    const code = codeOf(answer)
    if (STALE.test(code)) exchange.forgetCredentials()
    const again =
      PASSING.test(code) || code === 'ExpiredToken' || status === 429 || (status >= 500 && !FINAL_STATUS.has(status))
    return {error: refused(address, answer, now()), again}
  }

  async function attempt<T>(call: S3Call, use: (message: IncomingMessage) => Promise<T>): Promise<T> {
    for (let number = 1; ; number += 1) {
      let failure: Failure | undefined
      try {
        const message = await exchange.send(call)
        failure = await judge(call, message)
        if (failure === undefined) return await use(message)
      } catch (cause) {
        call.signal?.throwIfAborted()
        if (cause instanceof OpsError) throw cause
        failure = {error: unanswered(address, cause), again: passes(cause)}
      }
      if (!failure.again || number >= (call.attempts ?? ATTEMPTS)) throw failure.error
      await sleep(Math.min(LONGEST_PAUSE_MS, pauseMs * 2 ** (number - 1)) * (0.5 + Math.random() / 2), call.signal)
    }
  }

  return {
    address,
    call: call =>
      attempt(call, async message => ({
        status: message.statusCode ?? 0,
        headers: message.headers,
        body: await collect(call, message, address),
      })),
    stream: call => attempt(call, message => Promise.resolve(message)),
  }
}

interface Failure {
  readonly error: OpsError
  readonly again: boolean
}

/** A certificate is as wrong the next time; a name that is not found, too. */
const passes = (cause: unknown): boolean =>
  !/CERT|SIGNATURE|SSL|TLS|ENOTFOUND|SELF_SIGNED|ERR_INVALID/.test(String((cause as NodeJS.ErrnoException).code))

/** The whole body; one that is cut is an error of the connection. */
async function collect({method}: S3Call, message: IncomingMessage, address: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of message as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > 2 * TEXT_LIMIT) throw storageFailure(address, 'it answers with more than is read')
    pieces.push(piece)
  }
  const told = Number(message.headers['content-length'] ?? Number.NaN)
  if (message.statusCode !== 304 && method !== 'HEAD' && told > bytes)
    throw Object.assign(new Error('the answer was cut'), {code: 'ECONNRESET'})
  return Buffer.concat(pieces)
}
