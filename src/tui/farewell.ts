import {stepsBehind} from '../runbooks/state.ts'
import {formatDuration} from '../units/duration.ts'
import type {ConsolePort} from './port.ts'
import {runWord} from './screens/run.ts'
import type {SeenRun} from './state/ui.ts'

/**
 * What stays on the normal screen: every run that was started or watched here, what became of it, and how to see it
 * again. Empty when there was none.
 */
export function farewell(port: Pick<ConsolePort, 'run' | 'now'>, seen: readonly SeenRun[]): string {
  return seen.map(run => farewellLines(port, run).join('\n')).join('\n')
}

function farewellLines(port: Pick<ConsolePort, 'run' | 'now'>, seen: SeenRun): readonly string[] {
  const run = port.run(seen.id)
  const how = seen.started ? 'started' : 'watched'
  if (!run) return [`${how} run ${seen.id}: there is no record of it`]
  const name = `${run.plan?.runbook ?? 'run'}${run.dryRun ? ' (dry run)' : ''} in ${run.plan?.environment ?? '?'}`
  const word = runWord(run)
  if (run.outcome !== undefined) {
    const took = run.durationMs === undefined ? '' : ` after ${formatDuration(run.durationMs)}`
    const reason = run.endReason === '' ? '' : `: ${run.endReason}`
    const todo = run.afterwards.map(line => `    follow-up: ${line}`)
    return [
      `${name}: ${word}${took}${reason} (exit ${run.exitCode ?? '?'})`,
      `    opsconsole runs show ${seen.id}`,
      ...todo,
    ]
  }
  const state =
    word === 'lost'
      ? 'its runner is gone'
      : word === 'waiting'
        ? 'waiting for an answer'
        : 'continues without this console'
  return [
    `${name}: ${state}, ${stepsBehind(run)} of ${run.steps.length} steps done`,
    `    opsconsole runs attach ${seen.id}`,
  ]
}
