/** A segment of the write-ahead log: `number` counts all segments since the beginning, whatever the timeline. */
export interface Segment {
  readonly timeline: number
  readonly number: number
}

/** PostgreSQL's default; `initdb --wal-segsize` takes a power of two from 1 MB to 1 GB. */
export const USUAL_SEGMENT_BYTES = 16 * 1024 * 1024
const SIZES = Array.from({length: 11}, (_, power) => 2 ** (20 + power))
const LOG_BYTES = 2 ** 32

const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/

/** Of a name such as `000000010000000000000012`; undefined for what is not one. */
export function parseSegment(name: string, segmentBytes: number): Segment | undefined {
  const [, timeline, log, part] = SEGMENT.exec(name) ?? []
  if (timeline === undefined || log === undefined || part === undefined) return undefined
  const perLog = LOG_BYTES / segmentBytes
  const low = Number.parseInt(part, 16)
  if (low >= perLog) return undefined
  return {timeline: Number.parseInt(timeline, 16), number: Number.parseInt(log, 16) * perLog + low}
}

export function segmentName({timeline, number}: Segment, segmentBytes: number): string {
  const perLog = LOG_BYTES / segmentBytes
  return [timeline, Math.floor(number / perLog), number % perLog].map(hex).join('')
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')

/** A position in the log, as bytes from its beginning: `16/B374D848`. Undefined for what is not one. */
export function parseLsn(text: string): bigint | undefined {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text) ?? []
  return high === undefined || low === undefined ? undefined : (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

/** The number of the segment in which a position is. */
export const segmentOf = (lsn: bigint, segmentBytes: number): number => Number(lsn / BigInt(segmentBytes))

/**
 * The size of segments by which a position lies in the segment of that name. A catalogue does not say it, but names both
 * for every backup. The usual size when nothing tells.
 */
export function segmentBytesOf(known: readonly {readonly lsn: string; readonly segment: string}[]): number {
  const fits = (bytes: number): boolean =>
    known.every(({lsn, segment}) => {
      const position = parseLsn(lsn)
      return position !== undefined && parseSegment(segment, bytes)?.number === segmentOf(position, bytes)
    })
  return [USUAL_SEGMENT_BYTES, ...SIZES].find(fits) ?? USUAL_SEGMENT_BYTES
}
