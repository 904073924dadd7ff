import type {ReleaseContext} from '../context.ts'
import {timeOf} from '../time-of.ts'
import {canaryForecast} from './can-show.ts'
import {compare, type CompareOptions, type StageResult} from './compare.ts'
import {type CanaryLook, guardCanary} from './observe.ts'
import {giveShare, promote, takeShareBack} from './share-moves.ts'

/** What runbooks can do with a slot that gets a share of the requests. */
export interface CanaryOps {
  /** A share of the requests in percent for a slot, the rest for the other one. Raises `release/not-ready` where it cannot. */
  giveShare(slot: string, percent: number): Promise<void>
  /** All requests to the other slot again, with the weights of the load balancer's own configuration. `worse` is remembered of it. */
  takeShareBack(slot: string, options?: {readonly worse?: string | undefined}): Promise<void>
  /** All requests to a canary: a switch, and the weights as they were before it. */
  promote(slot: string): Promise<void>
  /**
   * Compares a canary with the rest for a while, four looks a second; a fail ends it and takes its share back at once, before
   * anything else, and remembers that of the version. Never raises for a bad one.
   * `decided` says what a person wants: `hold` has it go on for as long as that stands, `promote` passes as it is.
   */
  compare(slot: string, duration?: string, options?: CompareOptions): Promise<StageResult>
  /**
   * For a guard, four times a second: not `ok` when it is worse than the rest by now, or fails its probes. What was seen is
   * kept over the run, and shared with `compare`, which stops a canary by itself: meanwhile this is `ok`.
   */
  lookAtCanary(slot: string): Promise<CanaryLook>
  /**
   * How soon faults would be seen with a share of the traffic there is now, how many requests a good version takes to pass,
   * and whether a stage (`canary.stageTime` when left out) is too short for that: in sentences.
   */
  canaryForecast(percent: number, stageTime?: string): Promise<readonly string[]>
}

export const createCanaryOps = (context: ReleaseContext): CanaryOps => ({
  giveShare: (slot, percent) => giveShare(context, slot, percent),
  takeShareBack: (slot, options) => takeShareBack(context, slot, options?.worse),
  promote: slot => promote(context, slot),
  compare: (slot, duration, options) =>
    compare(context, slot, {...options, forMs: timeOf(duration, context.config.canary.stageTime)}),
  lookAtCanary: slot => guardCanary(context, slot),
  canaryForecast: (percent, stageTime) =>
    canaryForecast(context, {percent, stageMs: timeOf(stageTime, context.config.canary.stageTime)}),
})
