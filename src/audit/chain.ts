import {hash} from 'node:crypto'
import {escapeLine} from '../text/escape.ts'
import type {AuditRecord} from './record.ts'

/** What the first record points at. */
export const GENESIS = '0'.repeat(64)

/** Action of the record in which a person goes on although the trail is broken: what broke before it is known. */
export const ACCEPTED = 'broken trail accepted'

/** Action of the first record of each further file of a trail: its target is the file that was sealed before it. */
export const CONTINUED = 'trail continued'

/** Hash of a record: SHA-256 over the exact bytes of its line on disk, header included. */
export function recordHash(bytes: Uint8Array): string {
  return hash('sha256', bytes)
}

export type Break = {
  readonly seq: number
  readonly offset: number
  readonly kind: 'edited' | 'missing' | 'reordered' | 'torn tail' | 'unreadable' | 'gone' | 'head' | 'journal'
  readonly detail: string
  /** Name of the file, where it is not the one that is written now. */
  readonly file?: string
}

/** How many runs of the trail have a journal that is as the trail says. */
export interface JournalsCompared {
  readonly asRecorded: number
  /** Of versions that kept no digests in the trail. */
  readonly withoutDigests: number
  /** Runs whose directory is gone. */
  readonly gone: readonly string[]
}

export interface Verification {
  readonly verdict: 'VERIFIED' | 'TAMPERED' | 'INCOMPLETE' | 'CANNOT VERIFY'
  readonly records: number
  readonly firstAt: number | undefined
  readonly lastAt: number | undefined
  /** Hash of the last whole record: what an anchor would keep. */
  readonly head: string
  readonly size: number
  /** Files that the trail consists of. */
  readonly segments: number
  readonly breaks: readonly Break[]
  /** Breaks that were found beyond those that are listed. */
  readonly moreBreaks: number
  /** How many of them no person has accepted since. */
  readonly unaccepted: number
  /** Journals of runs, where they were compared. */
  readonly journals?: JournalsCompared
  /** Which record a head is that was kept somewhere else, where one was given. */
  readonly headIs?: number
}

/** A piece of the log as it was read: a whole line, a line that is damaged, or the beginning of a last one. */
export interface TrailPart {
  readonly kind: 'record' | 'damage' | 'torn'
  readonly offset: number
  readonly bytes: Uint8Array
  /** What is wrong with it. */
  readonly detail: string
  /** Name of the file, where it is a sealed one. */
  readonly file?: string
}

export interface ChainCheck {
  /** Takes the next part; gives the record that it holds, if it can be read. */
  take(part: TrailPart): AuditRecord | undefined
  found(): Omit<Verification, 'verdict' | 'size' | 'segments'>
  /** Where a writer goes on. */
  readonly seq: number
  readonly head: string
}

const LISTED = 1000
const FIRST_HEADER = 18
const LATEST = 8.64e15
const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})

/** Checks order and links of a log, part by part, and goes on behind what is broken. */
export function checkChain(): ChainCheck {
  let head = GENESIS
  let seq = 0
  let records = 0
  let firstAt: number | undefined
  let lastAt: number | undefined
  /** The part before this one could not be read: what it said is not known, so neither is what should follow. */
  let blind = false
  const breaks: Break[] = []
  let count = 0
  let unaccepted = 0
  let file: string | undefined
  const broken = (found: Break): void => {
    count += 1
    unaccepted += 1
    if (breaks.length < LISTED) breaks.push(file === undefined ? found : {...found, file})
  }
  const pass = (bytes: Uint8Array): void => {
    head = recordHash(bytes)
    seq += 1
  }
  const link = (record: AuditRecord, offset: number): void => {
    const expected = seq + 1
    // Damage may hold any number of records, or none.
    const wrongOrder = blind ? record.seq < expected - 1 : record.seq !== expected
    if (wrongOrder)
      broken({
        seq: expected,
        offset,
        kind: record.seq > expected ? 'missing' : 'reordered',
        detail: `expected record ${expected}, found ${record.seq}${whereGone(record, expected)}`,
      })
    else if (!blind && record.prev !== head)
      broken({
        seq: seq === 0 ? 1 : seq,
        offset,
        kind: 'edited',
        detail: `record ${record.seq} points at ${escapeLine(record.prev, 12)}…, the record before it is ${head.slice(0, 12)}…`,
      })
    if (!isDate(record.at)) broken({seq: record.seq, offset, kind: 'edited', detail: 'its time is not a date'})
  }
  return {
    take: part => {
      const {kind, offset, bytes, detail} = part
      file = part.file
      if (kind === 'torn') {
        // What a writer leaves that dies within its record: the next one cuts it off, and nobody has to accept it.
        broken({seq: seq + 1, offset, kind: 'torn tail', detail})
        unaccepted -= 1
        return undefined
      }
      const record = kind === 'record' ? parse(payloadOf(bytes)) : undefined
      if (!record) {
        const what = kind === 'damage' ? detail : 'it is not JSON of version 1'
        broken({seq: seq + 1, offset, kind: kind === 'damage' ? 'edited' : 'unreadable', detail: what})
        blind = true
        pass(bytes)
        return undefined
      }
      records += 1
      link(record, offset)
      blind = false
      if (record.action === ACCEPTED) unaccepted = 0
      if (isDate(record.at)) {
        firstAt ??= record.at
        lastAt = record.at
      }
      head = recordHash(bytes)
      seq = record.seq
      return record
    },
    found: () => ({records, firstAt, lastAt, head, breaks, moreBreaks: count - breaks.length, unaccepted}),
    get seq() {
      return seq
    },
    get head() {
      return head
    },
  }
}

/** The file that should be before this one, where records are missing. */
const whereGone = ({action, target, seq}: AuditRecord, expected: number): string =>
  action === CONTINUED && seq > expected
    ? `: ${escapeLine(String(target), 40)}, the file before it, is gone or was cut`
    : ''

/** A time that was not tampered with. */
export const isDate = (at: unknown): at is number => typeof at === 'number' && Math.abs(at) <= LATEST

function payloadOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes.subarray(FIRST_HEADER, -1))
  } catch {
    return ''
  }
}

/** A record of version 1; what else it holds is a matter of whoever wrote it. */
export function parse(payload: string): AuditRecord | undefined {
  try {
    const value = JSON.parse(payload) as AuditRecord
    return value.v === 1 && Number.isSafeInteger(value.seq) && typeof value.prev === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** With one more break that is not of the chain itself. */
export function withBreak(found: Verification, more: Break): Verification {
  const breaks = [...found.breaks, more]
  return {...found, breaks, unaccepted: found.unaccepted + 1, verdict: verdictOf({breaks})}
}

/** What a trail that was read completely is worth. */
export function verdictOf({breaks}: Pick<Verification, 'breaks'>): Verification['verdict'] {
  if (breaks.length === 0) return 'VERIFIED'
  if (breaks.every(({kind}) => kind === 'gone')) return 'CANNOT VERIFY'
  return breaks.every(({kind}) => kind === 'torn tail') ? 'INCOMPLETE' : 'TAMPERED'
}

/** The worst that is known of a trail, as a clause. Undefined: nothing that nobody has accepted. */
export function whyBroken({breaks, unaccepted, moreBreaks}: Verification): string | undefined {
  if (unaccepted === 0) return undefined
  const tail = breaks.at(-1)?.kind === 'torn tail' ? 1 : 0
  const first = breaks[Math.max(0, breaks.length + moreBreaks - tail - unaccepted)] ?? breaks[0]
  if (!first) return undefined
  const others = unaccepted > 1 ? ` (and ${unaccepted - 1} more)` : ''
  return first.seq === 0
    ? `the audit trail cannot be trusted: ${first.detail}${others}`
    : `the audit trail is broken at record ${first.seq}: ${first.kind}, ${first.detail}${others}`
}
