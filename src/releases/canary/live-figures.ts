import type {Comparison, ComparedFigure} from '../../kinds/comparison.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatShare} from '../../units/number.ts'
import type {Counts} from '../analysis/evidence.ts'
import type {Judgement} from '../analysis/judge.ts'
import {percentile, type Times} from '../slowness.ts'
import {moreWords} from '../verdict.ts'

/** Rates are of the last seconds: an average since the beginning hides what begins now. */
const RECENT_MS = 5_000
/** Evidence is drawn once a second, two minutes of it. */
const STEP_MS = 1_000
const KEPT = 120

export interface Totals {
  readonly stable: Counts
  readonly canary: Counts
}

/** What the screen is shown at one look. */
export interface Shown {
  /** Versions: stable, canary. */
  readonly versions: readonly [string, string]
  readonly totals: Totals
  readonly times: {readonly stable: Times; readonly canary: Times}
  readonly judgement: Judgement
  readonly maxErrorRate: number
  /** From when on an answer counts as slow, milliseconds; undefined while nobody knows. */
  readonly slowMs: number | undefined
  /** Milliseconds: since any beginning, and since the epoch. */
  readonly ms: number
  readonly at: number
}

/** Remembers a few seconds of totals and two minutes of evidence; each call is one look. */
export function openLiveFigures(): (shown: Shown) => Comparison {
  let recent: readonly {readonly ms: number; readonly totals: Totals}[] = []
  let evidence: readonly number[] = []
  let drawnAt = Number.NEGATIVE_INFINITY
  return shown => {
    const {ms, totals} = shown
    recent = [...recent.filter(one => one.ms > ms - RECENT_MS), {ms, totals}]
    const way = wayToBound(shown.judgement)
    // Between two steps the highest counts: a peak is what people must see.
    if (ms - drawnAt >= STEP_MS) [evidence, drawnAt] = [[...evidence, way].slice(-KEPT), ms]
    else evidence = [...evidence.slice(0, -1), Math.max(way, evidence.at(-1) ?? 0)]
    const more = shown.judgement.verdict === 'inconclusive' ? moreWords(shown.judgement.moreMs) : ''
    return {
      sides: [`stable ${shown.versions[0]}`, `canary ${shown.versions[1]}`],
      figures: figuresOf(shown, recent[0] ?? {ms, totals}),
      evidence,
      stepMs: STEP_MS,
      at: shown.at,
      verdict: {word: shown.judgement.verdict, reason: `${shown.judgement.reason}${more}`},
    }
  }
}

/** 0: nothing speaks against it · 1: it is stopped. Evidence multiplies, so the way to its bound is one of logarithms. */
export function wayToBound({evidence, bound}: Pick<Judgement, 'evidence' | 'bound'>): number {
  const way = Math.log(evidence) / Math.log(bound)
  return Number.isNaN(way) ? 0 : Math.min(1, Math.max(0, way))
}

function figuresOf(shown: Shown, before: {readonly ms: number; readonly totals: Totals}): readonly ComparedFigure[] {
  const {totals, times, maxErrorRate, slowMs, ms} = shown
  const seconds = (ms - before.ms) / 1000
  const rate = (side: keyof Totals): string =>
    seconds <= 0 ? '–' : `${((totals[side].requests - before.totals[side].requests) / seconds).toFixed(1)}/s`
  const share = ({requests, bad}: Counts): number | undefined => (requests === 0 ? undefined : bad / requests)
  const errors = share(totals.canary)
  return [
    {name: 'requests', values: [rate('stable'), rate('canary')], over: false},
    {
      name: 'errors',
      values: [shareWords(share(totals.stable)), shareWords(errors)],
      limit: formatShare(maxErrorRate),
      over: (errors ?? 0) > maxErrorRate,
    },
    {...latency(times, 0.5), minor: true},
    {
      ...latency(times, 0.95),
      ...(slowMs === undefined ? {} : {limit: timeWords(slowMs)}),
      over: (at(times.canary, 0.95) ?? 0) > (slowMs ?? Number.POSITIVE_INFINITY),
    },
    {...latency(times, 0.99), minor: true},
  ]
}

/** Of our own requests, those that were answered. */
const at = (times: Times, share: number): number | undefined => {
  const answered = times.filter(Number.isFinite)
  return answered.length === 0 ? undefined : percentile(answered, share)
}
const latency = ({stable, canary}: Shown['times'], share: number): ComparedFigure => ({
  name: `p${share * 100}`,
  values: [timeWords(at(stable, share)), timeWords(at(canary, share))],
  over: false,
})

const shareWords = (share: number | undefined): string => (share === undefined ? '–' : formatShare(share))
const timeWords = (ms: number | undefined): string => (ms === undefined ? '–' : formatDuration(Math.round(ms)))
