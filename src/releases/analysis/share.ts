import type {Counts} from './evidence.ts'

/** Shares far enough below the tolerated one that a good version has one of them. */
const PARTS = [0, 0.05, 0.2, 0.5] as const

/**
 * Evidence that the canary's own share of bad answers is below a tolerated one: an e-process as well. Without it a canary
 * with no bad answer at all could never pass, because then nothing is learnt of a ratio.
 */
export interface ShareEvidence {
  add(counts: Counts): void
  value(): number
}

export function createShareEvidence(tolerated: number): ShareEvidence {
  const logs = new Float64Array(PARTS.length)
  return {
    add({requests, bad}) {
      for (const [at, part] of PARTS.entries()) {
        const hit = bad === 0 ? 0 : bad * Math.log(part)
        logs[at] = (logs[at] ?? 0) + hit + (requests - bad) * Math.log((1 - part * tolerated) / (1 - tolerated))
      }
    },
    value: () => logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length,
  }
}

/** Requests without a bad answer after which the evidence reaches `bound`: what a pass needs at least. */
export function requestsNeeded(tolerated: number, bound: number): number {
  const reaches = (requests: number): boolean => {
    const evidence = createShareEvidence(tolerated)
    evidence.add({requests, bad: 0})
    return evidence.value() >= bound
  }
  let [low, high] = [0, 1]
  while (!reaches(high)) [low, high] = [high, high * 2]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (reaches(middle)) high = middle
    else low = middle
  }
  return high
}
