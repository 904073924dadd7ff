import type {TrafficAbilities} from '../traffic-driver.ts'

/** The open-source nginx: no active checks, counters only in a log, and the file is its only memory. */
export const ABILITIES: TrafficAbilities = {
  // Old workers finish what they hold and take nothing new.
  drain: true,
  weights: true,
  perServerCounters: false,
  ownChecks: false,
  survivesReload: true,
}
