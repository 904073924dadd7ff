import type {WindowMeasurements} from './rows.ts'
import type {Point, Sample, TargetId} from './sample.ts'
import type {Track, Unprobed} from './state.ts'
import type {Histogram} from './histogram.ts'
import type {SpentByWindow} from './objectives/objective.ts'

/** What is kept of one target for the screens, in one record: a screen reads one of these a row, and nothing else. */
export interface Watched {
  /** Undefined: it has never been probed. */
  readonly track: Track | undefined
  readonly sample: Sample | undefined
  /** Why it could not be probed the last time, which is newer than the sample. */
  readonly unprobed?: Unprobed
  readonly windows: readonly WindowMeasurements[]
  /** The last sixty probes, oldest first. */
  readonly recent: readonly Point[]
  /** What was spent of the budgets of its objective; left out when it has none. */
  readonly spent?: SpentByWindow
}

/** Spans of roll-ups, milliseconds. */
export const SPANS = {fiveMinutes: 300_000, hour: 3_600_000, day: 86_400_000} as const
export type Span = (typeof SPANS)[keyof typeof SPANS]

export interface Rollup {
  readonly target: TargetId
  readonly span: Span
  /** A multiple of the span. */
  readonly start: number
  readonly histogram: Histogram
}

/** How long each grain is kept: long enough to compare a window with the week before, and days for objectives. */
export const KEPT_MS = {
  points: 2 * SPANS.hour,
  fiveMinutes: 7 * SPANS.day + 2 * SPANS.hour,
  hour: 15 * SPANS.day,
  day: 100 * SPANS.day,
} as const

export interface HistoryBatch {
  readonly watched: ReadonlyMap<TargetId, Watched>
  /** The last sixty of each are in `watched`, so a probe need not be here at once. */
  readonly points: readonly (Point & {readonly target: TargetId})[]
  readonly rollups: readonly Rollup[]
  /** The last probes of a target as they are kept, where they are at hand; else they are encoded. */
  readonly recentBytes?: (target: TargetId) => Uint8Array | undefined
}

/** The monitor's port to the store. Reads are cheap; a batch is one transaction. */
export interface History {
  /** Everything known now, also what another process wrote. The same object while nothing changed. */
  watched(): ReadonlyMap<TargetId, Watched>
  /** The same to look at at once, and not to be kept: no copy is made of it. */
  lookUp(): Pick<ReadonlyMap<TargetId, Watched>, 'get' | 'values'>
  points(target: TargetId, since: number): readonly Point[]
  /** Which of the last sixty probes of a target stand nowhere else yet. */
  unwritten(target: TargetId): readonly Point[]
  /** Those that begin from `since` on and before `until`, oldest first. */
  rollups(target: TargetId, span: Span, since: number, until: number): readonly Rollup[]
  /**
   * Writes, and removes what became too old of the targets whose roll-ups are in the batch. Raises, and writes nothing, when
   * `mayWrite`, asked in the transaction, says no.
   */
  commit(batch: HistoryBatch, mayWrite?: () => boolean): void
  /** Shows it in this process only; nothing is kept. */
  show(watched: ReadonlyMap<TargetId, Watched>): void
  /** Forgets targets that nobody has probed for so long that nothing but days would be kept of them. */
  forgetOld(now: number): void
}
