import type {BurnPair, Objective, Spent, SpentByWindow} from './objective.ts'
import {BURN_PAIRS, BURN_WINDOW_MS} from './objective.ts'

/** How fast a budget is spent in one pair of windows. */
export interface Burn extends BurnPair {
  /** Times as fast as the objective allows; undefined: no probe in the window. */
  readonly longRate: number | undefined
  readonly shortRate: number | undefined
  /** From this rate on in both windows, the pair burns: budget × period / longer window. */
  readonly threshold: number
  /** Bad probes in the longer window. */
  readonly events: number
  /** Fewer than the least: the rates say nothing yet. */
  readonly enough: boolean
  readonly burning: boolean
}

/** One objective and what is left of its budget. */
export interface Slo {
  readonly of: 'availability' | 'latency'
  /** The share that is promised, 0.999. */
  readonly objective: number
  /** An answer that takes longer does not keep it. */
  readonly belowMs?: number
  readonly periodMs: number
  /** The share that was kept over the period; undefined: no probe in it. */
  readonly kept: number | undefined
  /** Share of the budget that is left, below 0 when more was spent than there was; undefined: no probe in the period. */
  readonly left: number | undefined
  readonly burns: readonly Burn[]
}

/** Everything that is said of a target's objectives. Pure: budget spent = rate × window / period. */
export function slosOf(objective: Objective, spent: SpentByWindow | undefined): readonly Slo[] {
  const {availability, latency, periodMs} = objective
  const answered = ({probes, failed}: Spent): number => probes - failed
  const promises: readonly Promised[] = [
    {
      of: 'availability',
      share: availability,
      total: each => each.probes,
      bad: each => each.failed,
      lostMs: each => each.failedMs,
    },
    ...(latency === undefined
      ? []
      : [
          {
            of: 'latency' as const,
            share: latency.share,
            belowMs: latency.belowMs,
            total: answered,
            bad: (each: Spent) => each.slow,
            lostMs: (each: Spent) => each.slowMs,
          },
        ]),
  ]
  return promises.map(({of, share, belowMs, total, bad, lostMs}) => {
    const all = spent?.period
    const known = all !== undefined && total(all) > 0 ? all : undefined
    return {
      of,
      objective: share,
      ...(belowMs === undefined ? {} : {belowMs}),
      periodMs,
      kept: known && 1 - bad(known) / total(known),
      left: known && 1 - lostMs(known) / (periodMs * (1 - share)),
      burns: BURN_PAIRS.map(pair => {
        const rate = (each: Spent | undefined): number | undefined =>
          each === undefined || total(each) === 0 ? undefined : bad(each) / total(each) / (1 - share)
        const long = spent?.[pair.long]
        const [longRate, shortRate] = [rate(long), rate(spent?.[pair.short])]
        const threshold = (pair.budget * periodMs) / BURN_WINDOW_MS[pair.long]
        const events = long === undefined ? 0 : bad(long)
        const enough = events >= objective.minimumEvents
        const burning = enough && reaches(longRate, threshold) && reaches(shortRate, threshold)
        return {...pair, longRate, shortRate, threshold, events, enough, burning}
      }),
    }
  })
}

interface Promised {
  readonly of: Slo['of']
  readonly share: number
  readonly belowMs?: number
  readonly total: (spent: Spent) => number
  readonly bad: (spent: Spent) => number
  readonly lostMs: (spent: Spent) => number
}

/** A billionth is the error of the arithmetic. */
const reaches = (rate: number | undefined, threshold: number): boolean =>
  rate !== undefined && rate >= threshold * (1 - 1e-9)

/** The fastest rate that both windows of a pair agree on: what is going on now, and not only a moment. */
export function burnNow({burns}: Pick<Slo, 'burns'>): number | undefined {
  const rates = burns.flatMap(({longRate, shortRate, enough}) =>
    !enough || longRate === undefined || shortRate === undefined ? [] : [Math.min(longRate, shortRate)],
  )
  return rates.length === 0 ? undefined : Math.max(...rates)
}

/** The one of which the least is left; those of which nothing is known come last. */
export const worstSlo = (slos: readonly Slo[]): Slo | undefined =>
  slos.toSorted((a, b) => (a.left ?? Infinity) - (b.left ?? Infinity))[0]
