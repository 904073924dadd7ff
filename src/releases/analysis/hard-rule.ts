import {tailChance} from '../tail-chance.ts'
import type {Counts, Look} from './evidence.ts'

/** A limit that needs no comparison: more than this share of bad answers over a while ends a canary. */
export interface HardRule {
  /** Share of bad answers. */
  readonly limit: number
  /** Less than this proves nothing: over a second, 50 requests a second with 1 % errors pass 5 % all the time. */
  readonly overMs: number
  readonly requests: number
}

/** It spends of the same budget of false alarms as the evidence does, so it must be as sure. */
const CHANCE = 1e-6

/** Looks of the last while, as sums; the window is at least `overMs` long. */
export interface HardRuleWatch {
  add(look: Look, ms: number): void
  /** Why the limit is passed; undefined while it is not, or while stable passes it as well. */
  broken(): {readonly canary: Counts; readonly overMs: number} | undefined
}

export function createHardRule({limit, overMs, requests}: HardRule): HardRuleWatch {
  const kept: {readonly ms: number; readonly look: Look}[] = []
  const total = {canary: {requests: 0, bad: 0}, stable: {requests: 0, bad: 0}}
  const count = ({canary, stable}: Look, sign: 1 | -1): void => {
    total.canary.requests += sign * canary.requests
    total.canary.bad += sign * canary.bad
    total.stable.requests += sign * stable.requests
    total.stable.bad += sign * stable.bad
  }
  let since: number | undefined
  let last = 0
  return {
    add(look, ms) {
      since ??= ms
      last = ms
      kept.push({ms, look})
      count(look, 1)
      for (let oldest = kept[0]; oldest !== undefined && oldest.ms <= ms - overMs; oldest = kept[0]) {
        count(oldest.look, -1)
        kept.shift()
      }
    },
    broken() {
      if (since === undefined || last - since < overMs) return undefined
      const {canary, stable} = total
      if (canary.requests < requests || canary.bad <= canary.requests * limit) return undefined
      const theirs = stable.requests <= 0 ? 0 : stable.bad / stable.requests
      if (theirs > limit) return undefined
      // A share just above the limit in one window of many is what a version with half of it shows now and then.
      const chance = tailChance(canary.bad, canary.requests, Math.max(theirs, limit / 2))
      return chance < CHANCE ? {canary: {...canary}, overMs} : undefined
    },
  }
}
