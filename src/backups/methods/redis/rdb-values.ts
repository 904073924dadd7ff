import {type RdbBytes, readNumber, skipText} from './rdb-bytes.ts'

export type RedisType = 'string' | 'list' | 'set' | 'zset' | 'hash' | 'stream' | 'module'

type Skip = (bytes: RdbBytes) => Generator<undefined, void>

/** So many texts for each element. */
const texts = (each: number): Skip =>
  function* (bytes) {
    const count = (yield* readNumber(bytes)) * each
    for (let at = 0; at < count; at += 1) yield* skipText(bytes)
  }

/** A text, and its score as eight bytes. */
function* scores(bytes: RdbBytes): Generator<undefined, void> {
  const count = yield* readNumber(bytes)
  for (let at = 0; at < count; at += 1) {
    yield* skipText(bytes)
    yield* bytes.skip(8)
  }
}

/** The same as Redis wrote it before version 4: as text, or one byte for what no text is. */
function* oldScores(bytes: RdbBytes): Generator<undefined, void> {
  const count = yield* readNumber(bytes)
  for (let at = 0; at < count; at += 1) {
    yield* skipText(bytes)
    const length = yield* bytes.byte()
    if (length < 253) yield* bytes.skip(length)
  }
}

/** Nodes, each with how it is packed. */
function* packedNodes(bytes: RdbBytes): Generator<undefined, void> {
  const count = yield* readNumber(bytes)
  for (let at = 0; at < count; at += 1) {
    yield* readNumber(bytes)
    yield* skipText(bytes)
  }
}

function* numbers(bytes: RdbBytes, count: number): Generator<undefined, void> {
  for (let at = 0; at < count; at += 1) yield* readNumber(bytes)
}

/** Its entries, then its groups with what is pending in each and of each consumer. */
const stream = (version: 1 | 2 | 3): Skip =>
  function* (bytes) {
    yield* texts(2)(bytes)
    yield* numbers(bytes, version === 1 ? 3 : 8)
    const groups = yield* readNumber(bytes)
    for (let group = 0; group < groups; group += 1) {
      yield* skipText(bytes)
      yield* numbers(bytes, version === 1 ? 2 : 3)
      const pending = yield* readNumber(bytes)
      for (let at = 0; at < pending; at += 1) {
        yield* bytes.skip(24)
        yield* readNumber(bytes)
      }
      const consumers = yield* readNumber(bytes)
      for (let at = 0; at < consumers; at += 1) {
        yield* skipText(bytes)
        yield* bytes.skip(version === 3 ? 16 : 8)
        yield* bytes.skip((yield* readNumber(bytes)) * 16)
      }
    }
  }

/** What a module wrote, each part with its kind. */
export function* skipModule(bytes: RdbBytes): Generator<undefined, void> {
  yield* readNumber(bytes)
  for (;;) {
    const kind = yield* readNumber(bytes)
    if (kind === 0) return
    if (kind === 1 || kind === 2) yield* readNumber(bytes)
    else if (kind === 3) yield* bytes.skip(4)
    else if (kind === 4) yield* bytes.skip(8)
    else if (kind === 5) yield* skipText(bytes)
    else throw new Error(`a module wrote a part of kind ${kind}, which is not known`)
  }
}

/** How each type of value is written, up to Redis 7.2. */
export const VALUES: ReadonlyMap<number, readonly [RedisType, Skip]> = new Map([
  [0, ['string', skipText]],
  [1, ['list', texts(1)]],
  [2, ['set', texts(1)]],
  [3, ['zset', oldScores]],
  [4, ['hash', texts(2)]],
  [5, ['zset', scores]],
  [7, ['module', skipModule]],
  [9, ['hash', skipText]],
  [10, ['list', skipText]],
  [11, ['set', skipText]],
  [12, ['zset', skipText]],
  [13, ['hash', skipText]],
  [14, ['list', texts(1)]],
  [15, ['stream', stream(1)]],
  [16, ['hash', skipText]],
  [17, ['zset', skipText]],
  [18, ['list', packedNodes]],
  [19, ['stream', stream(2)]],
  [20, ['set', skipText]],
  [21, ['stream', stream(3)]],
] as const)
