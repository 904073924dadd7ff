import type {IncomingHttpHeaders} from 'node:http'
import {messageOf} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'

/** Of a body, before and after decoding; health documents are small, and the rest of a large page tells nothing more. */
export const BODY_LIMIT = 256 * 1024

export interface DecodedBody {
  readonly body: string
  /** It was longer than the limit and was cut. */
  readonly cut: boolean
  /** Why it cannot be read as text, in words. */
  readonly unreadable: string | undefined
}

/** The text of a body: content codings taken off in reverse order, then its charset, without a byte order mark. */
export function decodeBody(
  bytes: Buffer,
  cut: boolean,
  headers: Pick<IncomingHttpHeaders, 'content-encoding' | 'content-type'>,
): DecodedBody {
  const codings = codingsOf(headers['content-encoding'])
  const none = {body: '', cut}
  let plain: Buffer = bytes
  for (const coding of codings.toReversed()) {
    const decode = CODINGS[coding.replace(/^x-/, '')]
    if (!decode) return {...none, unreadable: `its content coding ${escapeLine(coding, 40)} is not understood`}
    // A server that names a coding and sends none is not rare: an empty answer has nothing to decode.
    if (plain.length === 0) break
    if (cut) return {...none, unreadable: `it is longer than ${BODY_LIMIT / 1024} KB compressed`}
    try {
      plain = decode(plain)
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException
      if (code === 'ERR_BUFFER_TOO_LARGE')
        return {...none, cut: true, unreadable: `it is longer than ${BODY_LIMIT / 1024} KB`}
      return {
        ...none,
        unreadable: `it is not what its content coding ${coding} says: ${escapeLine(messageOf(error), 100)}`,
      }
    }
  }
  const long = plain.length > BODY_LIMIT
  return {...readText(long ? plain.subarray(0, BODY_LIMIT) : plain, headers['content-type'] ?? ''), cut: cut || long}
}

/** Of nearly every answer there is none. */
const codingsOf = (said: string | undefined): readonly string[] =>
  said === undefined
    ? []
    : said
        .split(',')
        .map(coding => coding.trim().toLowerCase())
        .filter(coding => coding !== '' && coding !== 'identity')

const bounded = {maxOutputLength: BODY_LIMIT}
/** On first use: most answers are not compressed. */
const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib')
const CODINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: bytes => zlib().gunzipSync(bytes, bounded),
  br: bytes => zlib().brotliDecompressSync(bytes, bounded),
  zstd: bytes => zlib().zstdDecompressSync(bytes, bounded),
  // The standard means zlib, whose first byte ends in 8; many servers send the raw stream.
  deflate: bytes =>
    (bytes[0] ?? 0) % 16 === 8 ? zlib().inflateSync(bytes, bounded) : zlib().inflateRawSync(bytes, bounded),
}

function readText(bytes: Buffer, contentType: string): Pick<DecodedBody, 'body' | 'unreadable'> {
  const named = /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]
  const mark = markOf(bytes)
  const charset = mark ?? named ?? guess(bytes)
  // Nearly every answer: a decoder for each costs more than its work.
  if (mark === undefined && /^utf-?8$/i.test(charset)) return {body: bytes.toString('utf8'), unreadable: undefined}
  try {
    return {body: new TextDecoder(charset).decode(bytes), unreadable: undefined}
  } catch {
    return {body: '', unreadable: `its charset ${escapeLine(charset, 40)} is not understood`}
  }
}

/** A byte order mark says more than a header: it is part of what was sent. */
function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
}

/** JSON begins with a character of ASCII: where its zero byte stands tells UTF-16 (RFC 4627, section 3). */
function guess(bytes: Buffer): string {
  if (bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0) return 'utf-16be'
  return bytes.length >= 2 && bytes[0] !== 0 && bytes[1] === 0 ? 'utf-16le' : 'utf-8'
}
