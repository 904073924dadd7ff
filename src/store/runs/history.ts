import {runFiles, listRunIds} from './directory.ts'
import {readRunState} from './journal.ts'

/** Looked at for usual durations: the newest runs, so that a slow day last year does not count. */
const RUNS_LOOKED_AT = 40
const RUNS_COUNTED = 7

/** Median durations of the latest runs of a runbook that were done. */
export function usualDurations(
  stateDir: string,
  runbook: string,
): {readonly steps: ReadonlyMap<string, number>; readonly run: number | undefined} {
  const steps = new Map<string, number[]>()
  const runs: number[] = []
  for (const run of listRunIds(stateDir).slice(-RUNS_LOOKED_AT).toReversed()) {
    if (runs.length >= RUNS_COUNTED) break
    const state = readQuietly(stateDir, run)
    if (state?.plan?.runbook !== runbook || state.outcome !== 'done' || state.dryRun) continue
    if (state.durationMs !== undefined) runs.push(state.durationMs)
    for (const view of state.steps) {
      if (view.state !== 'done' || view.durationMs === undefined) continue
      steps.set(view.step.id, [...(steps.get(view.step.id) ?? []), view.durationMs])
    }
  }
  return {
    run: median(runs),
    steps: new Map(
      [...steps].flatMap(([id, values]) => {
        const middle = median(values)
        return middle === undefined ? [] : [[id, middle] as const]
      }),
    ),
  }
}

function readQuietly(stateDir: string, run: string): ReturnType<typeof readRunState> | undefined {
  try {
    return readRunState(runFiles(stateDir, run).journal, run)
  } catch {
    return undefined // A damaged journal is reported where runs are listed; it only gives no durations here.
  }
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
