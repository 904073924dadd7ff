import {messageOf, OpsError} from '../errors.ts'
import {formatDuration} from '../units/duration.ts'
import type {ReleaseContext} from './context.ts'
import type {TrafficState} from './traffic/traffic-driver.ts'
import {probeUntil} from './wait.ts'

/** A load balancer that is restarted just now answers again within this. */
const ANSWERS_MS = 10_000
const EVERY_MS = 100

/**
 * The state of the load balancer, when it answers: a way back, above all, must not fail because somebody restarts it at that
 * moment. Raises what it raises, `traffic/unreachable` only when it stays silent.
 */
export const answeredState = (context: ReleaseContext): Promise<TrafficState> =>
  whenAnswered(context, () => context.traffic.state(context.tools.signal))

/** The same for anything that is asked of it. */
export async function whenAnswered<T>({tools}: ReleaseContext, ask: () => Promise<T>): Promise<T> {
  let answer: {readonly is: T} | undefined
  let silent: unknown
  const seen = await probeUntil(
    async () => {
      try {
        answer = {is: await ask()}
        return {ok: true, reason: 'it answers'}
      } catch (cause) {
        if (!isSilent(cause)) throw cause
        if (silent === undefined)
          tools.log(`${messageOf(cause)}; waiting ${formatDuration(ANSWERS_MS)} at most until it answers`)
        silent = cause
        return {ok: false, reason: messageOf(cause)}
      }
    },
    {timeoutMs: ANSWERS_MS, everyMs: EVERY_MS, signal: tools.signal, clock: tools.clock},
  )
  if (!seen.ok || answer === undefined) throw silent
  return answer.is
}

export const isSilent = (cause: unknown): boolean => cause instanceof OpsError && cause.code === 'traffic/unreachable'
