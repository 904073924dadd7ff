/**
 * Live figures beside a change that is compared: how the old and the new do now, and how near a verdict is. For screens
 * only; what decides is in the step's result.
 */
export interface Comparison {
  /** The old one first: `stable 1.0.0`, `canary 1.2.0`. */
  readonly sides: readonly [string, string]
  readonly figures: readonly ComparedFigure[]
  /** Shares of the way to the bound at which the new one is stopped, one a step, newest last: 1 is the bound. */
  readonly evidence: readonly number[]
  readonly stepMs: number
  /** When the newest was measured, milliseconds since the epoch. */
  readonly at: number
  /** One word, and the sentence behind it. */
  readonly verdict: {readonly word: string; readonly reason: string}
}

export interface ComparedFigure {
  /** `errors` */
  readonly name: string
  /** In the order of the sides, formatted; `–` where nothing is known. */
  readonly values: readonly [string, string]
  /** What the new one may have at most, formatted. */
  readonly limit?: string
  /** The new one is over its limit. */
  readonly over: boolean
  /** It goes first where there is little room. */
  readonly minor?: true
}
