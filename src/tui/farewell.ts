import {stepsBehind} from '../runbooks/state.ts'
import {formatDuration} from '../units/duration.ts'
import {wrap} from './layout/text.ts'
import type {ConsolePort} from './port.ts'
import {runWord} from './screens/run.ts'
import type {SeenRun} from './state/ui.ts'

type Runs = Pick<ConsolePort, 'run'>

interface Left {
  readonly seen: readonly SeenRun[]
  /** Of the terminal; sentences break at words before it does. */
  readonly columns: number
}

/**
 * What stays on the normal screen: every run that was started or watched here, what became of it, and how to see it
 * again. Empty when there was none.
 */
export function farewell({seen, columns}: Left, runs: Runs): string {
  return seen.flatMap(run => farewellLines(run, {runs, columns})).join('\n')
}

const INDENT = 4
/** What goes on in a second line stands so much further in. */
const HANGING = 2

function farewellLines(
  seen: SeenRun,
  {runs, columns}: {readonly runs: Runs; readonly columns: number},
): readonly string[] {
  const sentence = (text: string, indent = 0): readonly string[] =>
    wrap(text, Math.max(1, columns - indent - HANGING)).map(
      (line, index) => ' '.repeat(index === 0 ? indent : indent + HANGING) + line,
    )
  // To be copied as it stands.
  const command = (text: string): string => ' '.repeat(INDENT) + text
  const run = runs.run(seen.id)
  const how = seen.started ? 'started' : 'watched'
  if (!run) return sentence(`${how} run ${seen.id}: there is no record of it`)
  const name = `${run.plan?.runbook ?? 'run'}${run.dryRun ? ' (dry run)' : ''} in ${run.plan?.environment ?? '?'}`
  const word = runWord(run)
  if (run.outcome !== undefined) {
    const took = run.durationMs === undefined ? '' : ` after ${formatDuration(run.durationMs)}`
    const reason = run.endReason === '' ? '' : `: ${run.endReason}`
    return [
      ...sentence(`${name}: ${word}${took}${reason} (exit ${run.exitCode ?? '?'})`),
      command(`opsconsole runs show ${seen.id}`),
      ...run.afterwards.flatMap(line => sentence(`follow-up: ${line}`, INDENT)),
    ]
  }
  const state =
    word === 'lost'
      ? 'its runner is gone'
      : word === 'waiting'
        ? 'waiting for an answer'
        : 'continues without this console'
  return [
    ...sentence(`${name}: ${state}, ${stepsBehind(run)} of ${run.steps.length} steps done`),
    command(`opsconsole runs attach ${seen.id}`),
  ]
}
