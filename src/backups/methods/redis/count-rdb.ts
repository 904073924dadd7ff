import {hash} from 'node:crypto'
import {escapeLine} from '../../../text/escape.ts'
import type {TableMeasurements} from '../../manifest.ts'
import {rdbBytes, readNumber, readText, skipText, type RdbBytes} from './rdb-bytes.ts'
import {skipModule, VALUES} from './rdb-values.ts'

/** What an RDB holds. */
export interface RdbCounts {
  /** `db0`, and `string` or `string, with a time to live`: how many keys, and a sum over them that their order does not change. */
  readonly tables: readonly TableMeasurements[]
  readonly functions: number
  /** By the names of the header: `redis-ver`, `used-mem`. */
  readonly header: ReadonlyMap<string, string>
}

export interface RdbCounter {
  push(piece: Uint8Array): void
  /** Raises when it was cut short, or holds what is not known. */
  end(): RdbCounts
}

/** The key of ours in a server that is being filled. */
export const OWN_KEY = 'opsconsole:restore'

const FUNCTION = 0xf5
const MODULE = 0xf7
const IDLE = 0xf8
const FREQUENCY = 0xf9
const AUX = 0xfa
const SIZES = 0xfb
const EXPIRES_MS = 0xfc
const EXPIRES_S = 0xfd
const DATABASE = 0xfe
const END = 0xff
const SLOT = 0xf4

/** Counts keys by database and type while the bytes of an RDB pass by; values are passed over, not kept. */
export function countRdb(): RdbCounter {
  const bytes = rdbBytes()
  const tally = newTally()
  const walking = walk(bytes, tally)
  let ended = false
  const go = (): void => {
    if (!ended) ended = walking.next().done === true
  }
  return {
    push(piece) {
      bytes.push(piece)
      go()
    },
    end() {
      if (!ended) throw new Error('the RDB is cut short')
      return tally.counts()
    },
  }
}

interface Tally {
  database: number
  expires: bigint
  functions: number
  readonly header: Map<string, string>
  add(type: string, key: Buffer): void
  counts(): RdbCounts
}

function newTally(): Tally {
  const found = new Map<string, {database: number; name: string; rows: number; sum: bigint}>()
  const tally: Tally = {
    database: 0,
    expires: -1n,
    functions: 0,
    header: new Map(),
    add(type, key) {
      const {database, expires} = tally
      tally.expires = -1n
      if (key.toString('latin1') === OWN_KEY) return
      const name = expires < 0n ? type : `${type}, with a time to live`
      const slot = `${database} ${name}`
      const table = found.get(slot) ?? {database, name, rows: 0, sum: 0n}
      found.set(slot, table)
      table.rows += 1
      table.sum += hash('sha1', Buffer.concat([Buffer.from(`${type} ${expires} `), key]), 'buffer').readBigInt64BE(0)
    },
    counts: () => ({
      tables: [...found.values()]
        .sort((one, two) => one.database - two.database || (one.name < two.name ? -1 : 1))
        .map(({database, name, rows, sum}) => ({
          schema: `db${database}`,
          name,
          rows,
          hash: 'record',
          checksum: BigInt.asIntN(64, sum).toString(),
        })),
      functions: tally.functions,
      header: tally.header,
    }),
  }
  return tally
}

function* walk(bytes: RdbBytes, tally: Tally): Generator<undefined, void> {
  const head = (yield* bytes.take(9)).toString('latin1')
  if (!/^REDIS\d{4}$/.test(head)) throw new Error('it does not begin as an RDB')
  for (;;) {
    const code = yield* bytes.byte()
    if (code === END) return yield* bytes.skip(Number(head.slice(5)) >= 5 ? 8 : 0)
    const value = VALUES.get(code)
    if (value !== undefined) {
      const key = yield* readText(bytes)
      yield* value[1](bytes)
      tally.add(value[0], key)
    } else yield* readPart(code, bytes, tally)
  }
}

function* readPart(code: number, bytes: RdbBytes, tally: Tally): Generator<undefined, void> {
  if (code === DATABASE) tally.database = yield* readNumber(bytes)
  else if (code === EXPIRES_MS) tally.expires = (yield* bytes.take(8)).readBigInt64LE(0)
  else if (code === EXPIRES_S) tally.expires = BigInt((yield* bytes.take(4)).readInt32LE(0)) * 1000n
  else if (code === IDLE) yield* readNumber(bytes)
  else if (code === FREQUENCY) yield* bytes.skip(1)
  else if (code === SIZES) {
    yield* readNumber(bytes)
    yield* readNumber(bytes)
  } else if (code === SLOT) for (let at = 0; at < 3; at += 1) yield* readNumber(bytes)
  else if (code === AUX) {
    const name = (yield* readText(bytes)).toString('latin1')
    tally.header.set(name, escapeLine((yield* readText(bytes)).toString('utf8'), 80))
  } else if (code === FUNCTION) {
    yield* skipText(bytes)
    tally.functions += 1
  } else if (code === MODULE) yield* skipModule(bytes)
  else throw new Error(`it holds something of type ${code}, which is not known here`)
}
