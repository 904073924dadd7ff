import {type Segment, segmentName} from './segment.ts'

/** One segment of an archive. */
export interface ArchivedSegment extends Segment {
  /** When it came there, milliseconds since 1970. */
  readonly archivedAt: number
  /** Its file, as the archive names it. */
  readonly file: string
  /** The repository that it was found in, by its number. */
  readonly repository?: number
}

/** Segments that are missing between others. */
export interface WalHole {
  readonly timeline: number
  /** Names of the first and the last that is missing. */
  readonly from: string
  readonly to: string
  readonly count: number
}

/** Where a timeline left its parent: segments of the parent up to there are part of it. */
export interface TimelineSwitch {
  readonly timeline: number
  readonly parent: number
  /** Number of the segment in which it begins. */
  readonly at: number
}

/** The archive, so that each question about a stretch of it is one look. Nothing is read twice. */
export interface WalIndex {
  readonly segmentBytes: number
  readonly byTimeline: ReadonlyMap<number, ReadonlyMap<number, ArchivedSegment>>
  readonly switches: ReadonlyMap<number, TimelineSwitch>
}

export function indexWal(
  segments: readonly ArchivedSegment[],
  segmentBytes: number,
  switches: readonly TimelineSwitch[] = [],
): WalIndex {
  const byTimeline = new Map<number, Map<number, ArchivedSegment>>()
  for (const segment of segments) {
    const line = byTimeline.get(segment.timeline) ?? new Map<number, ArchivedSegment>()
    // In several repositories it is the same one; the first is asked for it.
    if (!line.has(segment.number)) line.set(segment.number, segment)
    byTimeline.set(segment.timeline, line)
  }
  return {segmentBytes, byTimeline, switches: new Map(switches.map(each => [each.timeline, each]))}
}

/** The segment that a recovery along `timeline` reads there: its own, or that of an ancestor which it left later. */
export function segmentAt(index: WalIndex, timeline: number, number: number): ArchivedSegment | undefined {
  const own = index.byTimeline.get(timeline)?.get(number)
  if (own !== undefined) return own
  const left = index.switches.get(timeline)
  return left === undefined || left.parent >= timeline || number > left.at
    ? undefined
    : segmentAt(index, left.parent, number)
}

/** The last segment that a recovery reaches from `from` without a hole; undefined when even that one is missing. */
export function reachFrom(index: WalIndex, timeline: number, from: number): ArchivedSegment | undefined {
  let last: ArchivedSegment | undefined
  for (let number = from; ; number += 1) {
    const found = segmentAt(index, timeline, number)
    if (found === undefined) return last
    last = found
  }
}

/** The newest timeline that goes on from a backup's: what a recovery to "latest" follows. */
export function newestTimeline(wal: WalIndex, from: {readonly timeline: number; readonly lastSegment: number}): number {
  const descends = (timeline: number): boolean => {
    if (timeline === from.timeline) return true
    const left = wal.switches.get(timeline)
    if (left === undefined || left.parent >= timeline) return false
    return descends(left.parent) && (left.parent !== from.timeline || left.at >= from.lastSegment)
  }
  return Math.max(from.timeline, ...[...wal.byTimeline.keys()].filter(descends))
}

/** Of the segments `from` to `to`, both included, the stretches that are missing. */
export function missingBetween(index: WalIndex, timeline: number, from: number, to: number): readonly WalHole[] {
  const holes: WalHole[] = []
  for (let number = from; number <= to; number += 1) {
    if (segmentAt(index, timeline, number) !== undefined) continue
    const first = number
    while (number < to && segmentAt(index, timeline, number + 1) === undefined) number += 1
    holes.push(holeOf(index, timeline, first, number))
  }
  return holes
}

/** Every hole between segments that are there, oldest first. What was removed before the oldest one is not a hole. */
export function findHoles(index: WalIndex): readonly WalHole[] {
  return [...index.byTimeline].flatMap(([timeline, line]) => {
    const numbers = [...line.keys()].sort((left, right) => left - right)
    return numbers.flatMap((number, at) => {
      const before = numbers[at - 1]
      return before === undefined || before === number - 1 ? [] : [holeOf(index, timeline, before + 1, number - 1)]
    })
  })
}

const holeOf = (index: WalIndex, timeline: number, from: number, to: number): WalHole => ({
  timeline,
  from: segmentName({timeline, number: from}, index.segmentBytes),
  to: segmentName({timeline, number: to}, index.segmentBytes),
  count: to - from + 1,
})

/** `WAL segment X is missing`, `15 WAL segments are missing, X to Y`, with how many more holes there are. */
export function describeHoles(holes: readonly WalHole[]): string {
  const [first] = holes
  if (first === undefined) return 'no WAL segment is missing'
  const more = holes.length > 1 ? `, and ${holes.length - 1} more holes` : ''
  return first.count === 1
    ? `WAL segment ${first.from} is missing${more}`
    : `${first.count} WAL segments are missing, ${first.from} to ${first.to}${more}`
}

/** The parent of a timeline and where it was left, from the text of its `.history` file: its last line. */
export function parseHistory(timeline: number, text: string, segmentBytes: number): TimelineSwitch | undefined {
  const last = text
    .split('\n')
    .map(line => /^\s*(\d+)\s+([0-9A-Fa-f]+)\/([0-9A-Fa-f]+)/.exec(line))
    .findLast(match => match !== null)
  if (last === undefined || last === null) return undefined
  const lsn = (BigInt(`0x${last[2]}`) << 32n) + BigInt(`0x${last[3]}`)
  return {timeline, parent: Number(last[1]), at: Number(lsn / BigInt(segmentBytes))}
}
