import type {RunState} from '../runbooks/state.ts'
import type {RunStore} from './ports.ts'
import {readState} from './read-state.ts'

/** Looked at for usual durations: the newest runs, so that a slow day last year does not count. */
const RUNS_LOOKED_AT = 40
const RUNS_COUNTED = 7

/** Median durations, in milliseconds. */
export interface UsualDurations {
  readonly steps: ReadonlyMap<string, number>
  readonly run: number | undefined
}

export const NOTHING_USUAL: UsualDurations = {steps: new Map(), run: undefined}

/** Of the latest runs of a runbook that were done. */
export function usualDurations(runs: RunStore, runbook: string): UsualDurations {
  const steps = new Map<string, number[]>()
  const whole: number[] = []
  for (const run of runs.ids().slice(-RUNS_LOOKED_AT).toReversed()) {
    if (whole.length >= RUNS_COUNTED) break
    const state = readQuietly(runs, run, runbook)
    if (state?.outcome !== 'done' || state.dryRun) continue
    if (state.durationMs !== undefined) whole.push(state.durationMs)
    for (const view of state.steps) {
      if (view.state !== 'done' || view.durationMs === undefined) continue
      steps.set(view.step.id, [...(steps.get(view.step.id) ?? []), view.durationMs])
    }
  }
  return {
    run: median(whole),
    steps: new Map(
      [...steps].flatMap(([id, values]) => {
        const middle = median(values)
        return middle === undefined ? [] : [[id, middle] as const]
      }),
    ),
  }
}

/** The request tells which runbook it was; only the journals of this one are read. */
function readQuietly(runs: RunStore, run: string, runbook: string): RunState | undefined {
  try {
    const stored = runs.run(run)
    return stored.request().plan.runbook === runbook ? readState(stored) : undefined
  } catch {
    return undefined // A damaged journal is reported where runs are listed; it only gives no durations here.
  }
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
