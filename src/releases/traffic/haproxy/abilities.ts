import type {TrafficAbilities} from '../traffic-driver.ts'

/** Weights could be set, but nothing asks for them yet; what the runtime API set is gone with a reload. */
export const ABILITIES: TrafficAbilities = {
  drain: true,
  weights: false,
  perServerCounters: true,
  ownChecks: true,
  survivesReload: false,
}
