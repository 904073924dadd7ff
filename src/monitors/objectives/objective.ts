/** What is promised of a target over a period. */
export interface Objective {
  /** Share of probes that are to be answered, below 1: 0.999. */
  readonly availability: number
  /** Share of answers that are to come in less than this. */
  readonly latency?: {readonly belowMs: number; readonly share: number} | undefined
  readonly periodMs: number
  /** Fewer bad probes than this in the longer window of a pair say nothing, whatever their share. */
  readonly minimumEvents: number
}

/** What was counted for an objective over a stretch of time, without what fell into a maintenance. */
export interface Spent {
  readonly probes: number
  readonly failed: number
  /** Answers that were slower than the objective's limit. */
  readonly slow: number
  /** The time that failed probes and slow answers stand for. */
  readonly failedMs: number
  readonly slowMs: number
}

export const NOTHING_SPENT: Spent = {probes: 0, failed: 0, slow: 0, failedMs: 0, slowMs: 0}

/** Two windows that must both burn: the longer says that it matters, the shorter that it still lasts. */
export interface BurnPair {
  readonly name: 'fast' | 'slow' | 'ticket'
  readonly long: BurnWindow
  readonly short: BurnWindow
  /** The share of the period's budget which, spent within the longer window, is too much. */
  readonly budget: number
}

export const BURN_WINDOW_MS = {
  '5m': 300_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '3d': 259_200_000,
} as const
export type BurnWindow = keyof typeof BURN_WINDOW_MS
export type SpentWindow = BurnWindow | 'period'
export type SpentByWindow = Readonly<Record<SpentWindow, Spent>>

/** As in the SRE workbook, chapter 5: 14.4, 6 and 1 times as fast as a budget of 30 days lasts. */
export const BURN_PAIRS: readonly BurnPair[] = [
  {name: 'fast', long: '1h', short: '5m', budget: 0.02},
  {name: 'slow', long: '6h', short: '30m', budget: 0.05},
  {name: 'ticket', long: '3d', short: '6h', budget: 0.1},
]
