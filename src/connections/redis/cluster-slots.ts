import type {RedisAddress} from './url.ts'

export const SLOTS = 16_384

/** A master of a cluster and the slots it serves, both ends included. */
export interface SlotRange {
  readonly from: number
  readonly to: number
  readonly master: RedisAddress
}

/** The answer of CLUSTER SLOTS. A node that does not know its own name is the one that was asked. */
export function readSlots(reply: unknown, asked: RedisAddress): readonly SlotRange[] {
  if (!Array.isArray(reply)) return []
  return (reply as readonly unknown[])
    .flatMap((entry): SlotRange[] => {
      if (!Array.isArray(entry)) return []
      const [from, to, master] = entry as readonly unknown[]
      const [host, port] = Array.isArray(master) ? (master as readonly unknown[]) : []
      const known = typeof host === 'string' && host !== '' && host !== '?' ? host : asked.host
      return [{from: Number(from), to: Number(to), master: {host: known, port: Number(port)}}]
    })
    .sort((a, b) => a.from - b.from)
}

/** Slots that no master serves. */
export const unservedSlots = (ranges: readonly SlotRange[]): number =>
  SLOTS - ranges.reduce((sum, {from, to}) => sum + to - from + 1, 0)

/** CRC16 (XMODEM) of the key, or of what stands in its first braces. Keys are latin1 text, a character a byte. */
export function keySlot(key: string): number {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (let index = 0; index < hashed.length; index += 1) {
    crc ^= hashed.charCodeAt(index) << 8
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff
  }
  return crc % SLOTS
}

/** Where a node says that a key is now. */
export interface Redirect {
  readonly kind: 'MOVED' | 'ASK'
  readonly address: RedisAddress
}

/** `MOVED 3999 127.0.0.1:6381`; undefined: another error. A host that is left out is that of the node that answered. */
export function readRedirect(error: unknown, answered: RedisAddress): Redirect | undefined {
  const found = error instanceof Error ? /^(MOVED|ASK) \d+ (.*):(\d+)$/.exec(error.message.trim()) : null
  if (found === null) return undefined
  return {kind: found[1] as Redirect['kind'], address: {host: found[2] || answered.host, port: Number(found[3])}}
}
