import type {ReleaseOps} from '../../src/releases/ops.ts'

export type Stage =
  | 'start'
  | 'waitHealthy'
  | 'smoke'
  | 'enableChecksAndWait'
  | 'drained'
  | 'watch'
  | 'rollback'
  | 'compare'

/**
 * The same release; somebody disturbs its load balancer once, in the middle of this stage for this slot. When that moved
 * traffic, the step stays under way until the guard of the run has seen it twice and stops it.
 */
export function disturbedIn(
  ops: ReleaseOps,
  {stage, slot, disturb}: {readonly stage: Stage; readonly slot: string; readonly disturb: () => Promise<void>},
): ReleaseOps {
  let disturbed = false
  const found = Promise.withResolvers<never>()
  let seen = 0
  const stays: ReleaseOps['stays'] = async begunWith => {
    const answer = await ops.stays(begunWith)
    if (!answer.ok && (seen += 1) === 2) setTimeout(() => found.reject(new Error('stopped')), 500)
    return answer
  }
  const call = ops[stage].bind(ops) as (...given: readonly unknown[]) => Promise<unknown>
  // The first call of `rollback` is that of the pre-check.
  let looks = 0
  const isMoment = (first: unknown): boolean =>
    stage === 'rollback' ? (looks += 1) > 1 : typeof first !== 'string' || first.startsWith(slot)
  // Of those without traffic, some may be drained and some off: a reload forgets that difference, and nobody misses it.
  const places = async (): Promise<string> =>
    JSON.stringify((await ops.traffic()).map(({placement}) => placement === 'serving'))
  const middle = async (...given: readonly unknown[]): Promise<unknown> => {
    if (!disturbed && isMoment(given[0])) {
      disturbed = true
      const before = await places()
      await disturb()
      if ((await places()) !== before) return found.promise
    }
    return call(...given)
  }
  return {...ops, stays, [stage]: middle}
}
