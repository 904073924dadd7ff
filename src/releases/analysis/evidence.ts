/** Requests of a stretch of time, and how many of them were bad: by status, slowness or absence, fixed beforehand. */
export interface Counts {
  readonly requests: number
  readonly bad: number
}

/** What came between two looks. The two run side by side: what both suffer from speaks against neither. */
export interface Look {
  readonly canary: Counts
  readonly stable: Counts
}

const NOTHING: Look = {canary: {requests: 0, bad: 0}, stable: {requests: 0, bad: 0}}

export const summed = (one: Look | undefined, two: Look): Look => ({
  canary: plus(one?.canary, two.canary),
  stable: plus(one?.stable, two.stable),
})
export const plus = (one: Counts | undefined, two: Counts): Counts => ({
  requests: (one?.requests ?? 0) + two.requests,
  bad: (one?.bad ?? 0) + two.bad,
})

/** How many times worse the canary may be, and what each is worth beforehand: one is near whatever it really is. */
const WORSE: readonly Alternative[] = [
  {ratio: 1.5, weight: 0.08},
  {ratio: 2, weight: 0.15},
  {ratio: 3, weight: 0.17},
  {ratio: 5, weight: 0.25},
  {ratio: 10, weight: 0.15},
  {ratio: 30, weight: 0.08},
  {ratio: 100, weight: 0.12},
]

/** A ratio of bad shares, canary to stable, that would explain the counts; the weights of all add up to 1. */
export interface Alternative {
  readonly ratio: number
  readonly weight: number
}

export interface EvidenceOptions {
  /** The rate ratio that is doubted: 1 for "the canary is not worse". */
  readonly doubted?: number
  readonly instead?: readonly Alternative[]
  /** Expected length of all, so that a fault that begins late is seen as fast; without it there is one process only. */
  readonly restartsOverMs?: number
}

/**
 * Evidence against a ratio of bad shares, canary to stable: an e-process, which begins at 1 and, when the doubted ratio
 * holds, reaches 1/α with a probability of at most α, however often it is looked at (Ville). Each bad answer is the
 * canary's with a chance that depends only on the ratio and on the requests of both (Lindon and Malek, arXiv 2011.03567), so
 * that neither the base rate nor a change of the weights needs to be known.
 *
 * A fault that begins late has all the clean time before it against it. So the start is a mixture as well (as in an
 * e-detector: Shin, Ramdas and Rinaldo, 2023): a part begins at once, a part at every full minute, and a part evenly with
 * every look. With full minutes alone a fault that begins between two of them is found twice as late.
 */
export interface Evidence {
  add(look: Look, ms: number): void
  /** The e-value now; Infinity when it cannot be written any more. */
  value(): number
}

const AT_ONCE = 0.25
const BY_MINUTES = 0.5
const BY_LOOKS = 0.25
const MINUTE_MS = 60_000

/** What one alternative has gained, by when it began: in logarithms, but for what begins with every look. */
interface Gains {
  first: number
  readonly minutes: number[]
  looks: number
}

export function createEvidence({doubted = 1, instead = WORSE, restartsOverMs}: EvidenceOptions = {}): Evidence {
  const expected = Math.max(1, Math.round((restartsOverMs ?? 0) / MINUTE_MS))
  const gains = instead.map((): Gains => ({first: 0, minutes: [], looks: 0}))
  let minutes = 0
  let begunByLooks = 0
  let before = 0
  let held = NOTHING
  /** Until something is learnt, or a part begins, it stays what it was. */
  let known: number | undefined = 1
  const begin = (ms: number): void => {
    if (restartsOverMs === undefined) return
    const share = Math.min(BY_LOOKS - begunByLooks, (BY_LOOKS * Math.max(0, ms - before)) / restartsOverMs)
    begunByLooks += share
    for (const gain of gains) gain.looks += share
    for (const full = Math.floor(before / MINUTE_MS); minutes < full; minutes += 1)
      for (const gain of gains) gain.minutes.push(0)
    before = ms
  }
  return {
    add(look, ms) {
      begin(ms)
      held = summed(held, look)
      const {canary, stable} = held
      // Looked at so soon that one side got nothing yet: alone, the next one would show a share that nobody gave.
      if (canary.requests <= 0 || stable.requests <= 0) return
      held = NOTHING
      // Without bad answers nothing is learnt of a ratio.
      if (canary.bad + stable.bad === 0) return
      const odds = canary.requests / stable.requests
      known = undefined
      for (const [at, {ratio}] of instead.entries()) {
        const gain = gains[at]
        if (gain === undefined) continue
        const log = gainOf(odds, {ratio, doubted}, canary.bad, stable.bad)
        gain.first += log
        for (const minute of gain.minutes.keys()) gain.minutes[minute] = (gain.minutes[minute] ?? 0) + log
        gain.looks *= Math.exp(log)
      }
    },
    value: () => (known ??= now()),
  }

  function now(): number {
    const sum = gains.reduce((all, gain, at) => all + (instead[at]?.weight ?? 0) * valueOf(gain), 0)
    // What has not begun stands at 1.
    return restartsOverMs === undefined
      ? sum
      : sum + BY_MINUTES * partAfter(minutes, expected) + BY_LOOKS - begunByLooks
  }

  function valueOf({first, minutes: later, looks}: Gains): number {
    if (restartsOverMs === undefined) return Math.exp(first)
    let sum = AT_ONCE * Math.exp(first) + looks
    for (const [at, log] of later.entries())
      sum += BY_MINUTES * (partAfter(at, expected) - partAfter(at + 1, expected)) * Math.exp(log)
    return sum
  }
}

/** What is left to begin after so many minutes: one half evenly over those that are expected, the other for ever less. */
const partAfter = (minutes: number, expected: number): number =>
  0.5 * Math.max(0, 1 - minutes / expected) + 0.5 / (minutes + 1)

/** The logarithm of how much better a ratio explains whose the bad answers are than the doubted one does. */
function gainOf(
  odds: number,
  {ratio, doubted}: {readonly ratio: number; readonly doubted: number},
  canary: number,
  stable: number,
): number {
  const share = (times: number): number => (odds * times) / (odds * times + 1)
  const [theirs, ours] = [share(ratio), share(doubted)]
  return canary * Math.log(theirs / ours) + stable * Math.log((1 - theirs) / (1 - ours))
}
