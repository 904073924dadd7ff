import {sleep} from '../../units/clock.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatShare} from '../../units/number.ts'
import {forecast, forecastPass} from '../analysis/forecast.ts'
import {WORTH} from '../analysis/judge.ts'
import {leastRequests} from '../analysis/proof.ts'
import type {ReleaseConfig} from '../config.ts'
import type {ReleaseContext} from '../context.ts'
import {LONGER} from './compare.ts'
import {LOOK_MS} from './observe.ts'
import {requireShare} from './share-moves.ts'

const FAULTS = [0.2, 0.05, 0.02] as const
const MEASURED_MS = 2_000
/** Where nobody has answered badly yet, one of a thousand may. */
const LEAST_BASE = 0.001

/** What a load balancer counts now, of all servers together. */
export interface TrafficNow {
  readonly requestsPerSecond: number
  /** Shares of 5xx and of 4xx since it began to count. */
  readonly errors: number
  readonly refusals: number
}

/** See `ReleaseOps.canaryForecast`: what this traffic can show, before anybody is sent to the canary. */
export async function canaryForecast(
  context: ReleaseContext,
  {percent, stageMs}: {readonly percent: number; readonly stageMs: number},
): Promise<readonly string[]> {
  const {traffic, tools, config} = context
  requireShare(context, percent)
  if (!traffic.abilities.perServerCounters)
    return [
      `${traffic.target} does not count answers by server: a canary shows its health and how fast it answers us, no errors of users`,
    ]
  const count = async () => {
    const {servers} = await traffic.state(tools.signal)
    const sum = (field: 'responses' | 'errors' | 'refused') =>
      [...servers.values()].reduce((all, one) => all + (one[field] ?? 0), 0)
    return {requests: sum('responses'), errors: sum('errors'), refused: sum('refused')}
  }
  const before = await count()
  const began = tools.clock.monotonic()
  await sleep(MEASURED_MS, tools.signal)
  const after = await count()
  const requestsPerSecond = ((after.requests - before.requests) * 1000) / (tools.clock.monotonic() - began)
  if (requestsPerSecond <= 0) return ['there is no traffic now: a canary would show nothing']
  const of = (bad: number): number => (after.requests === 0 ? 0 : bad / after.requests)
  const now = {requestsPerSecond, errors: of(after.errors), refusals: of(after.refused)}
  return [...faultLines(config, now, percent), ...passLines(config, now, {percent, stageMs})]
}

function faultLines({canary}: ReleaseConfig, {requestsPerSecond, errors}: TrafficNow, percent: number) {
  const {alpha, stages, stageTime} = canary
  return FAULTS.map(fault => {
    const seen = forecast({
      requestsPerSecond,
      weight: percent / 100,
      base: Math.min(Math.max(LEAST_BASE, errors), fault / 2),
      fault,
      alpha,
      everyMs: LOOK_MS,
      totalMs: Math.max(60_000, stages.length * stageTime),
      worth: WORTH.errors,
    })
    const what = `at ${requestsPerSecond.toFixed(0)} requests a second, ${percent} % of them, ${fault * 100} % of errors would be seen`
    return seen === undefined
      ? `${what} too late to be of use`
      : `${what} within ${formatDuration(seen.halfMs)} half of the times, within ${formatDuration(seen.mostMs)} nine times of ten`
  })
}

/** How long a version that is as good as the rest takes to pass, and whether a stage is that long. */
export function passLines(
  {canary}: Pick<ReleaseConfig, 'canary'>,
  {requestsPerSecond, errors, refusals}: TrafficNow,
  {percent, stageMs}: {readonly percent: number; readonly stageMs: number},
): readonly string[] {
  if (percent >= 100) return []
  const least = leastRequests(canary)
  const timeOf = (requests: number): number => Math.ceil((requests * 100) / (requestsPerSecond * percent)) * 1000
  const needed = forecastPass({...canary, weight: percent / 100, bases: [errors, refusals]})
  const atLeast = `to pass at ${percent} % takes ${least} requests at least, ${formatDuration(timeOf(least))} at this traffic`
  const shares = `${formatShare(errors)} of errors and ${formatShare(refusals)} of 4xx answers as now`
  if (needed === undefined)
    return [`${atLeast}; with ${shares}, a good version is not proved to be good in any useful time`]
  const [halfMs, mostMs] = [timeOf(needed.half), timeOf(needed.most)]
  const usual = `${atLeast}; with ${shares}, a good version passes within ${formatDuration(halfMs)} half of the times, within ${formatDuration(mostMs)} nine times of ten`
  const longest = LONGER * stageMs
  if (mostMs <= longest) return [usual]
  const often = timeOf(least) > longest ? 'always' : halfMs > longest ? 'mostly' : 'now and then'
  return [
    usual,
    `a stage of ${formatDuration(stageMs)} (${formatDuration(longest)} where more time would prove it) is too short for that: a good version would ${often} end as inconclusive, and go back. Give it -p stageTime=${formatDuration(mostMs)}, a larger first share, or more traffic`,
  ]
}
