import {fstatSync, readSync} from 'node:fs'
import {crc32} from 'node:zlib'
import type {TrailPart} from '../audit/chain.ts'

const CHUNK = 1 << 20
const SMALL = 1 << 12
const HEADER = 18
const NEWLINE = 0x0a
const LONGEST_RECORD = 16 << 20
/** Of what is damaged so much is kept to be looked at. */
const KEPT_OF_DAMAGE = 1 << 20

/** A part, and where the next one begins: of damage not all bytes are kept. */
export interface ScannedPart extends TrailPart {
  readonly end: number
}

/**
 * The parts of a log, in order and in constant memory: every whole record, and what is between them where it is
 * damaged. Payloads are JSON and hold no line ends, so one damaged record never hides the next one.
 */
export function* scanLog(descriptor: number, from = 0): Generator<ScannedPart> {
  let damage: Damage | undefined
  for (const {offset, line, whole} of linesOf(descriptor, from)) {
    const end = offset + line.length
    const detail = whole ? whyDamaged(line) : undefined
    const torn = !whole && isBeginning(line)
    if (torn || (whole && detail === undefined)) {
      if (damage) yield damagePart(damage)
      damage = undefined
      yield torn
        ? {kind: 'torn', offset, end, bytes: line, detail: `${line.length} bytes of an incomplete record`}
        : {kind: 'record', offset, end, bytes: line, detail: ''}
      continue
    }
    damage ??= {offset, end, pieces: [], kept: 0, detail: detail ?? 'has no readable header'}
    const piece = line.subarray(0, KEPT_OF_DAMAGE - damage.kept)
    damage.pieces.push(piece)
    damage.kept += piece.length
    damage.end = end
  }
  if (damage) yield damagePart(damage)
}

interface Damage {
  readonly offset: number
  readonly pieces: Buffer[]
  readonly detail: string
  end: number
  kept: number
}

const damagePart = ({offset, end, pieces, detail}: Damage): ScannedPart => ({
  kind: 'damage',
  offset,
  end,
  bytes: Buffer.concat(pieces),
  detail,
})

function* linesOf(descriptor: number, from: number): Generator<{offset: number; line: Buffer; whole: boolean}> {
  let offset = from
  let at = from
  let rest: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(SMALL, fstatSync(descriptor).size - at)))
    const read = readSync(descriptor, chunk, 0, chunk.length, at)
    if (read === 0) break
    at += read
    const bytes = chunk.subarray(0, read)
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const piece = bytes.subarray(start, end + 1)
      const line = rest.length === 0 ? piece : Buffer.concat([...rest, piece])
      rest = []
      yield {offset, line, whole: true}
      offset += line.length
      start = end + 1
    }
    if (start < read) rest.push(bytes.subarray(start))
    if (rest.length === 0 || at - offset <= LONGEST_RECORD) continue
    // Longer than any record: damage, of which no more than this is ever in memory.
    yield {offset, line: Buffer.concat(rest), whole: true}
    offset = at
    rest = []
  }
  if (rest.length > 0) yield {offset, line: Buffer.concat(rest), whole: false}
}

/** Why a line is no record; undefined: it is one. */
function whyDamaged(line: Buffer): string | undefined {
  const shape = /^([0-9a-f]{8}) ([0-9a-f]{8}) $/.exec(line.toString('latin1', 0, HEADER))
  if (!shape) return 'has no readable header'
  const payload = line.subarray(HEADER, -1)
  if (payload.length !== Number.parseInt(shape[1] as string, 16)) return 'has a length that cannot be true'
  return crc32(payload) === Number.parseInt(shape[2] as string, 16) ? undefined : 'does not match its checksum'
}

/** Whether bytes without a line end are what a writer leaves that dies within its record. */
function isBeginning(line: Buffer): boolean {
  if (line.length < HEADER) return /^[0-9a-f]{0,8}( [0-9a-f]{0,8} ?)?$/.test(line.toString('latin1'))
  const shape = /^([0-9a-f]{8}) [0-9a-f]{8} $/.exec(line.toString('latin1', 0, HEADER))
  return shape !== null && line.length <= HEADER + Number.parseInt(shape[1] as string, 16)
}
