import type {TrafficAbilities} from '../traffic-driver.ts'

/** What the runtime API set, weights too, is gone with a reload. */
export const ABILITIES: TrafficAbilities = {
  drain: true,
  weights: true,
  perServerCounters: true,
  ownChecks: true,
  survivesReload: false,
}
