import {fstatSync, rmSync} from 'node:fs'
import {recordHash} from '../audit/chain.ts'
import {OpsError} from '../errors.ts'
import {type AppendLog, type LogSystem, openLog, SYSTEM} from './append-log.ts'
import {openMark, readMark, type TrailMark} from './trail-mark.ts'
import {stampAt, stampOf, whyMoved} from './trail-place.ts'
import {addStamp, halfSealed, openNumber, sealedAs, sealedStamp, sealSegment} from './trail-segments.ts'
import {scanTrail} from './verify-trail.ts'

/** A record as bytes, and what is known of it. */
export interface Line {
  readonly seq: number
  readonly payload: string
  /** Durable when it returns, or with the next one that is. */
  readonly synced: boolean
  /** A person goes on although something is broken. */
  readonly accepts: boolean
}

/** The end of a trail, open for appending. Everything here is done by whoever holds the trail's lock. */
export class TrailEnd {
  readonly #file: string
  readonly #system: LogSystem
  readonly #mark: ReturnType<typeof openMark>
  #log: AppendLog
  #last: TrailMark | undefined
  /** Nothing is broken that no person has accepted. */
  #whole = true

  /** Raises `audit/missing` when the path leads to no file of ours. */
  constructor(file: string, system: LogSystem = SYSTEM) {
    this.#file = file
    this.#system = system
    undoHalfSealed(file)
    // What a dead writer left is seen, and cut off, with the first record.
    this.#log = openLog(file, system, {end: 0, torn: 0})
    const moved = whyMoved(file, this.#log.descriptor)
    if (moved !== undefined) {
      this.#log.close()
      throw replaced(moved)
    }
    this.#mark = openMark(file)
  }

  /** Where the trail ends now, whoever wrote to it. Never goes on in a file that the path does not lead to. */
  catchUp(): TrailMark {
    // The usual case costs one look: the path leads to the file as we left it, and that file is the one that is open.
    if (this.#last && this.#last.stamp === stampAt(this.#file)) return this.#last
    const followed = this.#followSealed()
    const stamp = this.#stamp()
    const sealed = sealedStamp(this.#file)
    const mark = readMark(this.#file, stamp, sealed)
    if (mark) {
      if (this.#last && mark.seq < this.#last.seq) throw shorter(this.#file)
      this.#whole = true
      return mark
    }
    const {chain, end, torn} = scanTrail(this.#file)
    if (this.#last && (followed ? chain.seq < this.#last.seq : end < this.#last.size)) throw shorter(this.#file)
    // A writer died within its record. We hold the lock: nobody writes it any more.
    if (torn > 0) openLog(this.#file, this.#system, {end, torn}).close()
    this.#whole = chain.found().unaccepted === 0
    return {stamp: '', sealed, seq: chain.seq, head: chain.head, size: end}
  }

  append(before: TrailMark, {seq, payload, synced, accepts}: Line): void {
    // A stamp holds the size that was just looked at; behind what is damaged there may be more.
    const size = before.stamp === '' ? undefined : before.size
    const {bytes, offset} = synced ? this.#log.append(payload, size) : this.#log.note(payload, size)
    if (accepts) this.#whole = true
    const sealed = before.sealed ?? ''
    this.#last = {stamp: this.#stamp(), sealed, seq, head: recordHash(bytes), size: offset + bytes.length}
    if (this.#whole) this.#mark.write(this.#last)
  }

  /**
   * Begins another file: `firstLine` is given the number of the one that is sealed. Where that cannot be, this one grows on,
   * and nothing is lost by it.
   */
  seal(before: TrailMark, firstLine: (number: number) => Buffer): TrailMark {
    const number = openNumber(this.#file)
    const first = firstLine(number)
    this.#log.sync()
    try {
      const sealed = sealSegment(this.#file, number, first, this.#system)
      this.#reopen()
      const known = addStamp(before.sealed ?? '', sealed)
      return {stamp: this.#stamp(), sealed: known, seq: before.seq + 1, head: recordHash(first), size: first.length}
    } catch {
      return this.catchUp()
    }
  }

  close(): void {
    this.#log.close()
    this.#mark.close()
  }

  /** Another writer may have sealed the file that is open here: what it put in its place is the trail now. */
  #followSealed(): boolean {
    if (whyMoved(this.#file, this.#log.descriptor) === undefined) return false
    undoHalfSealed(this.#file)
    const sealed = sealedAs(this.#file, this.#log.descriptor) !== undefined
    if (sealed) this.#reopen()
    const moved = whyMoved(this.#file, this.#log.descriptor)
    if (moved !== undefined) throw replaced(moved)
    return sealed
  }

  #reopen(): void {
    const next = openLog(this.#file, this.#system, {end: 0, torn: 0})
    this.#log.close()
    this.#log = next
  }

  #stamp(): string {
    return stampOf(fstatSync(this.#log.descriptor, {bigint: true}))
  }
}

/** A writer died between the two names of a file that it sealed: it is not sealed yet. */
function undoHalfSealed(file: string): void {
  const half = halfSealed(file)
  if (half) rmSync(half.file)
}

const shorter = (file: string): OpsError => replaced(`${file} became shorter: records were cut off`)

export const replaced = (why: string): OpsError =>
  new OpsError('audit/missing', `nothing continues without the audit trail: ${why}`, {
    hint: 'Find out who did it and put the file back; `opsconsole audit verify` says what is left of it.',
  })
