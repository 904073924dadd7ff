/** An answer of the plainest form, read out of the bytes it came in. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** As it was sent, without the framing of its chunks: a part of what was given, where it is in one piece. */
  readonly body: Buffer
  /** The server keeps the connection, and for how many milliseconds, when it says so. */
  readonly keeps: boolean
  readonly keepsMs: number | undefined
}

/** Of heads and bodies together; what is longer is not read here. */
export const LONGEST_PLAIN = 48 * 1024

const HEAD_END = '\r\n\r\n'
const STATUS = /^HTTP\/1\.1 ([2-5]\d\d)(?: [ -~]*)?$/
/** A value neither begins nor ends with a blank. */
const HEADER = /^[!#$%&'*+.^`|~\w-]+:[ \t]*(?:[!-~](?:[\t -~]*[!-~])?)?$/
const LENGTH = /^\d{1,6}$/
const CHUNK = /^[\da-f]{1,5}$/i
/** Headers that change how an answer is read, in ways that are not read here. */
const SPECIAL = ['upgrade', 'trailer', 'proxy-connection']

/**
 * Reads what nearly every server sends: one head that came whole, each header once and of plain letters, a length or chunks,
 * and not a byte after it. `more`: the body is not all there. `unusual`: this says nothing of it, good or bad; Node's own
 * parser is to judge the same bytes. So whatever is accepted here means the same to that one (plain-answer.test.ts).
 */
export function readPlainAnswer(bytes: Buffer, isHead = false): PlainAnswer | 'more' | 'unusual' {
  if (bytes.length > LONGEST_PLAIN) return 'unusual'
  const end = bytes.indexOf(HEAD_END, 0, 'latin1')
  if (end < 0) return 'unusual'
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(STATUS.exec(first)?.[1])
  const headers = readHeaders(lines)
  if (Number.isNaN(status) || headers === undefined) return 'unusual'
  const connection = headers['connection']?.toLowerCase() ?? 'keep-alive'
  if (connection !== 'close' && connection !== 'keep-alive') return 'unusual'
  const from = end + HEAD_END.length
  const body = isHead ? nothing(bytes, from) : readBody(bytes, from, status, headers)
  if (typeof body === 'string') return body
  const seconds = /^timeout=(\d{1,6})(?:,|$)/.exec(headers['keep-alive'] ?? '')?.[1]
  const keepsMs = seconds === undefined ? undefined : Number(seconds) * 1000
  return {status, headers, body, keeps: connection === 'keep-alive', keepsMs}
}

function readHeaders(lines: readonly string[]): Record<string, string> | undefined {
  // Without a prototype: `constructor` is the name of no header that was not sent.
  const headers = Object.create(null) as Record<string, string>
  for (const line of lines) {
    if (!HEADER.test(line)) return undefined
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (name in headers) return undefined
    headers[name] = line.slice(colon + 1).trimStart()
  }
  return SPECIAL.some(name => name in headers) ? undefined : headers
}

function readBody(
  bytes: Buffer,
  from: number,
  status: number,
  headers: Readonly<Record<string, string>>,
): Buffer | 'more' | 'unusual' {
  const {'content-length': length, 'transfer-encoding': coding} = headers
  if (status === 204 || status === 304) {
    if (length !== undefined || coding !== undefined) return 'unusual'
    return nothing(bytes, from)
  }
  if (coding !== undefined) return coding === 'chunked' && length === undefined ? readChunks(bytes, from) : 'unusual'
  // Without either, it ends with the connection.
  if (length === undefined || !LENGTH.test(length)) return 'unusual'
  const end = from + Number(length)
  if (end > LONGEST_PLAIN || bytes.length > end) return 'unusual'
  return bytes.length < end ? 'more' : bytes.subarray(from)
}

const nothing = (bytes: Buffer, from: number): Buffer | 'unusual' =>
  bytes.length === from ? bytes.subarray(from) : 'unusual'

/** Chunks without extensions and trailers, all of them there. */
function readChunks(bytes: Buffer, from: number): Buffer | 'unusual' {
  const chunks: Buffer[] = []
  for (let at = from; ; ) {
    const end = bytes.indexOf('\r\n', at, 'latin1')
    const line = end < 0 || end - at > 5 ? '' : bytes.toString('latin1', at, end)
    if (!CHUNK.test(line)) return 'unusual'
    const start = end + 2
    const stop = start + Number.parseInt(line, 16)
    if (bytes[stop] !== 13 || bytes[stop + 1] !== 10) return 'unusual'
    at = stop + 2
    if (stop === start) return at === bytes.length ? joined(chunks) : 'unusual'
    chunks.push(bytes.subarray(start, stop))
  }
}

/** Most are in one piece. */
const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
