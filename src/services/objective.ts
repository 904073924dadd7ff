import type {Objective} from '../monitors/objectives/objective.ts'
import type {ServiceConfig} from './config.ts'

/** What a service promises; the limit of its latency is that of `degradedAbove` where none is given. */
export function objectiveOf({objective, degradedAbove}: ServiceConfig): Objective | undefined {
  if (objective === undefined) return undefined
  const {availability, latency, period, minimumEvents} = objective
  const belowMs = latency?.below ?? degradedAbove
  return {
    availability,
    latency: latency === undefined || belowMs === undefined ? undefined : {belowMs, share: latency.share},
    periodMs: period,
    minimumEvents,
  }
}
