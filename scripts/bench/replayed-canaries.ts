import type {Chance} from '../../src/releases/analysis/chance.ts'
import {createJudge, DEFAULTS, type Looks} from '../../src/releases/analysis/judge.ts'
import type {Counts} from '../../src/releases/analysis/evidence.ts'
import {BASE, type Fault} from './canary-cases.ts'
import type {RecordedLook} from './canary-lab.ts'

/** From the fault on; undefined: it was not stopped. */
export interface Replayed {
  readonly verdict: string
  readonly ms: number | undefined
  readonly bad: number
}

/** Of our own requests, by which slowness is seen: two to each instance, two of them a slot. */
const TIMED = 4
const TIMED_MS = 750

/** A clean canary as its counters were recorded, a fault put into it, through the analysis of the product. */
export function replay(recorded: readonly RecordedLook[], fault: Fault, chance: Chance): Replayed {
  const judge = createJudge({...DEFAULTS, totalMs: recorded.at(-1)?.ms ?? DEFAULTS.totalMs})
  const [from, to] = fault.afterMs
  const began = from + chance.uniform() * (to - from)
  const chosen = (count: number, share: number): number => {
    let sum = 0
    for (let nth = 0; nth < count; nth += 1) if (chance.uniform() < share) sum += 1
    return sum
  }
  let [bad, timedAt] = [0, 0]
  for (const {ms, look} of recorded) {
    const isFaulty = ms > began
    const more = isFaulty ? chosen(look.canary.requests - look.canary.bad, (fault.errors - BASE) / (1 - BASE)) : 0
    const canary: Counts = {requests: look.canary.requests, bad: look.canary.bad + more}
    const isTimed = ms - timedAt >= TIMED_MS
    if (isTimed) timedAt = ms
    const late = isTimed && isFaulty ? chosen(TIMED, fault.slow) : 0
    if (isFaulty) bad += canary.bad + chosen(canary.requests - canary.bad, fault.slow)
    const looks: Looks = {
      errors: {canary, stable: look.stable},
      refusals: {canary: {requests: canary.requests, bad: 0}, stable: {requests: look.stable.requests, bad: 0}},
      ...(isTimed ? {slow: {canary: {requests: TIMED, bad: late}, stable: {requests: TIMED, bad: 0}}} : {}),
    }
    judge.add(looks, ms)
    if (judge.now().verdict === 'fail') return {verdict: 'fail', ms: Math.max(0, ms - began), bad}
  }
  return {verdict: judge.now().verdict, ms: undefined, bad}
}
