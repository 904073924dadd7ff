/** The bytes of a file as they come: what asks for more than is there waits, by yielding. */
export interface RdbBytes {
  push(piece: Uint8Array): void
  /** Exactly so many. */
  take(count: number): Generator<undefined, Buffer>
  /** The same, without keeping them. */
  skip(count: number): Generator<undefined, void>
  byte(): Generator<undefined, number>
}

export function rdbBytes(): RdbBytes {
  let held: Buffer = Buffer.alloc(0)
  let at = 0
  function* take(count: number): Generator<undefined, Buffer> {
    while (held.length - at < count) yield
    at += count
    return held.subarray(at - count, at)
  }
  return {
    push(piece) {
      const added = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      held = at === held.length ? added : Buffer.concat([held.subarray(at), added])
      at = 0
    },
    take,
    *skip(count) {
      let left = count
      for (;;) {
        const step = Math.min(left, held.length - at)
        at += step
        left -= step
        if (left === 0) return
        yield
      }
    },
    *byte() {
      while (at >= held.length) yield
      at += 1
      return held[at - 1] ?? 0
    },
  }
}

/** A length, or the number of a special encoding of a string. */
export type RdbLength =
  | {readonly special: false; readonly length: number}
  | {readonly special: true; readonly length: number}

export function* readLength(bytes: RdbBytes): Generator<undefined, RdbLength> {
  const first = yield* bytes.byte()
  const kind = first >> 6
  if (kind === 3) return {special: true, length: first & 63}
  if (kind === 0) return {special: false, length: first & 63}
  if (kind === 1) return {special: false, length: ((first & 63) << 8) | (yield* bytes.byte())}
  if (first === 0x80) return {special: false, length: (yield* bytes.take(4)).readUInt32BE(0)}
  if (first === 0x81) return {special: false, length: Number((yield* bytes.take(8)).readBigUInt64BE(0))}
  throw new Error(`a length begins with the byte ${first}, which no RDB has`)
}

export function* readNumber(bytes: RdbBytes): Generator<undefined, number> {
  const {special, length} = yield* readLength(bytes)
  if (special) throw new Error('there is a text where an RDB has a number')
  return length
}

const INTEGERS = [1, 2, 4] as const
const COMPRESSED = 3

export function* skipText(bytes: RdbBytes): Generator<undefined, void> {
  const {special, length} = yield* readLength(bytes)
  const integer = INTEGERS[length]
  if (!special) yield* bytes.skip(length)
  else if (integer !== undefined) yield* bytes.skip(integer)
  else if (length === COMPRESSED) {
    const stored = yield* readNumber(bytes)
    yield* readNumber(bytes)
    yield* bytes.skip(stored)
  } else throw new Error(`a text is encoded in a way that is not known (${length})`)
}

/** A key, or a field of the header. */
export function* readText(bytes: RdbBytes): Generator<undefined, Buffer> {
  const {special, length} = yield* readLength(bytes)
  if (!special) return Buffer.from(yield* bytes.take(length))
  const integer = INTEGERS[length]
  if (integer !== undefined) return Buffer.from(String((yield* bytes.take(integer)).readIntLE(0, integer)))
  if (length !== COMPRESSED) throw new Error(`a text is encoded in a way that is not known (${length})`)
  const stored = yield* readNumber(bytes)
  const plain = yield* readNumber(bytes)
  return expand(yield* bytes.take(stored), plain)
}

/** LZF: either so many bytes as they are, or a stretch of what came before. */
function expand(stored: Buffer, plain: number): Buffer {
  const out = Buffer.alloc(plain)
  let [from, to] = [0, 0]
  const next = (): number => {
    from += 1
    return stored[from - 1] ?? 0
  }
  while (from < stored.length) {
    const control = next()
    if (control < 32) {
      stored.copy(out, to, from, from + control + 1)
      from += control + 1
      to += control + 1
      continue
    }
    let length = control >> 5
    if (length === 7) length += next()
    let source = to - ((control & 31) << 8) - next() - 1
    for (let count = length + 2; count > 0; count -= 1) {
      out[to] = out[source] ?? 0
      to += 1
      source += 1
    }
  }
  if (to !== plain) throw new Error('a compressed text does not unfold to its length')
  return out
}
