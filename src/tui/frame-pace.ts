import {currentScreen, type UiState} from './state/ui.ts'

/** What a run or a log says is followed as it comes, ms. */
const LIVE_MS = 83
/** A run goes on in the header. */
const RUNNING_MS = 500
/** Nothing runs: probes come every some seconds, and the clock with each. A key is answered at once all the same. */
const CALM_MS = 1000
const SLOW_MS = 2000

/** What changes by itself is drawn at most this often, ms. */
export function framePace(state: UiState, slow = false): number {
  if (slow) return SLOW_MS
  if (['run', 'pager'].includes(currentScreen(state).kind)) return LIVE_MS
  return state.world.snapshot.runs.some(run => run.endedAt === undefined) ? RUNNING_MS : CALM_MS
}
