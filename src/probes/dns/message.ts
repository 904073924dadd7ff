import type {RecordType} from './schema.ts'

/** RFC 1035, and RFC 3596 and 2782 for AAAA and SRV. */
const NUMBERS: Readonly<Record<RecordType, number>> = {A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, SRV: 33}
const INTERNET = 1
const HEADER_BYTES = 12
/** A name has at most 127 labels; more jumps than that is a loop. */
const MOST_LABELS = 127

export interface DnsRecord {
  /** As people write it: `10 mail.example.com`; names in lower case without the last dot. */
  readonly value: string
  readonly ttlSeconds: number
}

export interface DnsAnswer {
  /** 0 is well, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED. */
  readonly rcode: number
  /** It did not fit; the whole is to be had over TCP. */
  readonly truncated: boolean
  /** Of the type that was asked for; a CNAME on the way is left out. */
  readonly records: readonly DnsRecord[]
}

/** One question, with recursion wanted. Raises for a name that cannot be asked for. */
export function encodeQuestion(id: number, name: string, type: RecordType): Buffer {
  const labels = name.replace(/\.$/, '').split('.')
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(0x0100, 2)
  header.writeUInt16BE(1, 4)
  const encoded = labels.map(label => {
    const bytes = Buffer.from(label, 'latin1')
    if (bytes.length === 0 || bytes.length > 63)
      throw new Error(`${JSON.stringify(name)} is not a name that can be looked up`)
    return Buffer.concat([Buffer.from([bytes.length]), bytes])
  })
  const tail = Buffer.alloc(5)
  tail.writeUInt16BE(NUMBERS[type], 1)
  tail.writeUInt16BE(INTERNET, 3)
  return Buffer.concat([header, ...encoded, tail])
}

/** Undefined: it is not an answer to this question. Raises when it is one and cannot be read. */
export function decodeAnswer(message: Buffer, question: Buffer, type: RecordType): DnsAnswer | undefined {
  if (message.length < HEADER_BYTES || message.readUInt16BE(0) !== question.readUInt16BE(0)) return undefined
  const flags = message.readUInt16BE(2)
  if ((flags & 0x8000) === 0) return undefined
  const answer = {rcode: flags & 0xf, truncated: (flags & 0x0200) !== 0}
  // A server that cannot read the question may leave it out.
  if (message.readUInt16BE(4) === 0) return answer.rcode === 0 ? undefined : {...answer, records: []}
  const asked = readName(message, HEADER_BYTES)
  if (asked.name !== readName(question, HEADER_BYTES).name) return undefined
  const records: DnsRecord[] = []
  let at = asked.next + 4
  for (let left = message.readUInt16BE(6); left > 0 && !answer.truncated; left -= 1) {
    at = readName(message, at).next
    const length = message.readUInt16BE(at + 8)
    if (message.readUInt16BE(at) === NUMBERS[type] && message.readUInt16BE(at + 2) === INTERNET)
      records.push({value: readValue(message, at + 10, length, type), ttlSeconds: message.readUInt32BE(at + 4)})
    at += 10 + length
  }
  return {...answer, records}
}

function readValue(message: Buffer, at: number, length: number, type: RecordType): string {
  const data = message.subarray(at, at + length)
  if (data.length < length) throw new RangeError('cut off')
  switch (type) {
    case 'A':
      return [...data].join('.')
    case 'AAAA':
      return writeAddress(data)
    case 'MX':
      return `${data.readUInt16BE(0)} ${readName(message, at + 2).name}`
    case 'SRV':
      return [0, 2, 4].map(offset => data.readUInt16BE(offset)).join(' ') + ` ${readName(message, at + 6).name}`
    case 'TXT':
      return readTexts(data)
    default:
      return readName(message, at).name
  }
}

/** The texts of one record belong together: a long one is cut into pieces of 255 bytes. */
function readTexts(data: Buffer): string {
  const texts: Buffer[] = []
  for (let at = 0; at < data.length; at += 1 + data.readUInt8(at))
    texts.push(data.subarray(at + 1, at + 1 + data.readUInt8(at)))
  return Buffer.concat(texts).toString('utf8')
}

/** The shortest form, as RFC 5952 wants it. */
function writeAddress(data: Buffer): string {
  const groups = Array.from({length: 8}, (_, index) => data.readUInt16BE(index * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}

/** A name may go on elsewhere in the message. */
function readName(message: Buffer, start: number): {readonly name: string; readonly next: number} {
  const labels: string[] = []
  let at = start
  let next: number | undefined
  for (let steps = 0; steps <= MOST_LABELS; steps += 1) {
    const length = message.readUInt8(at)
    if (length === 0) return {name: labels.join('.').toLowerCase() || '.', next: next ?? at + 1}
    if (length >= 0xc0) {
      next ??= at + 2
      at = message.readUInt16BE(at) & 0x3fff
    } else {
      labels.push(message.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
  }
  throw new RangeError('a name without an end')
}

/** A written record in the form in which answers are compared. */
export const sameForm = (written: string, type: RecordType): string =>
  type === 'TXT' ? written : written.trim().toLowerCase().replace(/\.$/, '').replaceAll(/\s+/g, ' ')
