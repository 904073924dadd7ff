import {createEvidence, type Counts, type Evidence, type Look, summed} from './evidence.ts'
import {createHardRule, type HardRule, type HardRuleWatch} from './hard-rule.ts'
import {createProof, type Proof, type Tolerance} from './proof.ts'

/**
 * What is counted as bad; each on its own, because a fault shows in one of them. Slowness is seen by requests of our own: it
 * speaks against a canary, but only what users got can prove it good.
 */
export const METRICS = ['errors', 'refusals', 'slow'] as const
/** errors: 5xx and what nobody answered · refusals: 4xx · slow: later than a time fixed beforehand, timeouts too. */
export type Metric = (typeof METRICS)[number]

/** What each is worth in the mean of all: most faults are errors. One that is not counted stands at 1. */
export const WORTH: Readonly<Record<Metric, number>> = {errors: 0.6, refusals: 0.2, slow: 0.2}
/** Where nobody counts what users got. */
export const WORTH_OF_OUR_OWN: typeof WORTH = {errors: 0, refusals: 0, slow: 1}

export type Looks = Readonly<Partial<Record<Metric, Look>>>

export interface JudgeOptions extends Tolerance {
  /** The chance of a false alarm that is accepted, over the whole canary and however often it is looked at. */
  readonly alpha: number
  readonly hard: HardRule
  /** Expected length of the whole canary. */
  readonly totalMs: number
  /** Of each metric in the mean; together 1. */
  readonly worth: typeof WORTH
}

export const DEFAULTS: JudgeOptions = {
  alpha: 0.001,
  tolerated: 2,
  toleratedShare: 0.01,
  hard: {limit: 0.05, overMs: 10_000, requests: 100},
  totalMs: 1_200_000,
  worth: WORTH,
}

/**
 * pass: not worse than is tolerated, with the requests to prove it · fail: worse than stable, or over a hard limit ·
 * inconclusive: neither is proved yet · no data: the canary got no request, or nobody could count them. Never a pass.
 */
export interface Judgement {
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'no data'
  readonly reason: string
  /** The evidence against the canary now, and where it ends it. */
  readonly evidence: number
  readonly bound: number
  /** What would have to come yet at this traffic; undefined when that cannot be said. */
  readonly moreMs: number | undefined
}

export interface Judge {
  add(looks: Looks, ms: number): void
  /** Stable instances against the rest of stable: what they show by themselves, nobody can find in a canary. */
  placebo(instance: string, look: Look, ms: number): void
  /** Passing is proved anew from here; what speaks against the canary is kept. */
  nextStage(): void
  now(): Judgement
}

/** Evidence of one placebo from which on the fleet counts as uneven. */
const UNEVEN = 20

export function createJudge(options: JudgeOptions = DEFAULTS): Judge {
  const {alpha, hard, totalMs, worth} = options
  const worse = new Map<Metric, Evidence>()
  const hardRules = new Map<Metric, HardRuleWatch>()
  const placebos = new Map<string, Evidence>()
  let stage = new Map<Metric, Proof>()
  let totals: Looks = {}
  let began: number | undefined
  let last = 0
  let failed: Judgement | undefined
  const proofOf = (): Proof => createProof(options)
  const evenly = {restartsOverMs: totalMs}
  const bound = (): number => {
    const most = Math.max(0, ...[...placebos.values()].map(one => one.value()))
    return (most >= UNEVEN ? most : 1) / alpha
  }
  /** E-values may be averaged whatever depends on what (Vovk and Wang): one bound for all metrics. */
  const evidence = (): number =>
    METRICS.reduce(
      (sum, metric) => (worth[metric] === 0 ? sum : sum + worth[metric] * (worse.get(metric)?.value() ?? 1)),
      0,
    )
  const conclude = (verdict: Judgement['verdict'], reason: string, moreMs?: number): Judgement => ({
    verdict,
    reason,
    evidence: evidence(),
    bound: bound(),
    moreMs,
  })
  const now = (): Judgement => {
    if (failed !== undefined) return failed
    if (requestsOf(totals) === 0) return conclude('no data', 'the canary got no request that anybody counted')
    if (evidence() >= bound()) return conclude('fail', worst(worse, totals))
    for (const [metric, rule] of hardRules) {
      const broken = rule.broken()
      if (broken !== undefined) return conclude('fail', hardWords(metric, broken.canary, hard))
    }
    const open = [...stage].filter(([, one]) => !one.isGiven())
    if (open.length === 0) return conclude('pass', passWords(totals))
    if (bound() > 1 / alpha) return conclude('inconclusive', 'this fleet is too uneven to judge')
    const moreMs = Math.max(...open.map(([, one]) => one.missingMs(last - (began ?? last))))
    return conclude(
      'inconclusive',
      `not proved yet for ${open.map(([metric]) => WORDS[metric]).join(', ')}`,
      Number.isFinite(moreMs) ? moreMs : undefined,
    )
  }
  return {
    add(looks, ms) {
      began ??= ms
      last = ms
      for (const metric of METRICS) {
        const look = looks[metric]
        if (look === undefined) continue
        at(worse, metric, () => createEvidence(evenly)).add(look, ms)
        at(hardRules, metric, () => createHardRule(hard)).add(look, ms)
        totals = {...totals, [metric]: summed(totals[metric], look)}
        if (metric === 'slow') continue
        at(stage, metric, proofOf).add(look)
      }
      const seen = now()
      if (seen.verdict === 'fail') failed = seen
    },
    placebo: (instance, look, ms) => at(placebos, instance, () => createEvidence(evenly)).add(look, ms),
    nextStage: () => {
      stage = new Map([...stage.keys()].map(metric => [metric, proofOf()]))
      totals = {}
      began = undefined
    },
    now,
  }
}

function at<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

/** Those of users: requests of our own, by which slowness is seen, say nothing of what users got. */
const requestsOf = ({errors, refusals}: Looks): number =>
  Math.max(errors?.canary.requests ?? 0, refusals?.canary.requests ?? 0)

const WORDS: Readonly<Record<Metric, string>> = {errors: 'errors', refusals: '4xx answers', slow: 'slow answers'}

const countWords = ({requests, bad}: Counts): string => `${bad} of ${requests}`

function worst(worse: ReadonlyMap<Metric, Evidence>, totals: Looks): string {
  const [metric] = [...worse].sort(([, one], [, two]) => two.value() - one.value())[0] ?? ['errors']
  const look = totals[metric]
  if (look === undefined) return `${WORDS[metric]}: worse than stable`
  return `${WORDS[metric]}: ${countWords(look.canary)} at the canary, ${countWords(look.stable)} at stable`
}

const hardWords = (metric: Metric, canary: Counts, {limit, overMs}: HardRule): string =>
  `${WORDS[metric]}: ${countWords(canary)} in ${overMs / 1000} s, over the limit of ${(limit * 100).toFixed(1)} %`

function passWords(totals: Looks): string {
  const [look] = Object.values(totals)
  return look === undefined ? 'not worse than stable' : `not worse than stable over ${look.canary.requests} requests`
}
