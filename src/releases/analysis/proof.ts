import {createEvidence, type Look} from './evidence.ts'
import {createShareEvidence, requestsNeeded} from './share.ts'

/** What passes: fewer than so many times the bad answers of stable, or a share of its own below this one. */
export interface Tolerance {
  readonly tolerated: number
  readonly toleratedShare: number
}

/** That a canary is good enough, for one metric over one stage. */
export interface Proof {
  add(look: Look): void
  isGiven(): boolean
  /** What it would take yet at the pace of so many milliseconds; Infinity when that cannot be said. */
  missingMs(ms: number): number
}

/** A pass may be wrong more often than a failure: it is only the next step. */
const BOUND = 1 / 0.05
/** What would be a pass, as parts of the tolerated ratio: a version like stable is one half of 2. */
const BETTER = [0.25, 0.4, 0.5, 0.625] as const
const LEAST_GAIN = 0.05

export function createProof({tolerated, toleratedShare}: Tolerance): Proof {
  const ratio = createEvidence({
    doubted: tolerated,
    instead: BETTER.map(part => ({ratio: part * tolerated, weight: 1 / BETTER.length})),
  })
  const share = createShareEvidence(toleratedShare)
  return {
    add: look => {
      // Of its time nothing depends here: one process, without restarts.
      ratio.add(look, 0)
      share.add(look.canary)
    },
    isGiven: () => ratio.value() >= BOUND || share.value() >= BOUND,
    missingMs: ms => {
      // The evidence grows evenly in its logarithm.
      const best = Math.max(Math.log(ratio.value()), Math.log(share.value()))
      return best <= LEAST_GAIN || ms <= 0 ? Number.POSITIVE_INFINITY : (ms * (Math.log(BOUND) - best)) / best
    },
  }
}

/** Requests to a canary that answers none of them badly, until it has passed: fewer prove nothing. */
export const leastRequests = ({toleratedShare}: Pick<Tolerance, 'toleratedShare'>): number =>
  requestsNeeded(toleratedShare, BOUND)
