import {appendFileSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {messageOf} from '../../errors.ts'
import type {Outcome} from '../../runbooks/events.ts'

type Env = Readonly<Record<string, string | undefined>>

/** GitHub refuses a step's summary that is larger. */
const SUMMARY_BYTES = 1024 * 1024
const CUT = '\n\n*The rest is left out: a job summary holds no more than 1 MiB.*\n'

/** How a run ended, for those who come after it in the same job. */
export interface RunResult {
  readonly outcome: Outcome
  readonly exitCode: number
  readonly markdown: string | undefined
}

/**
 * Leaves a run's id as soon as it is known, and its result at its end, where the CI system looks for them: as outputs
 * (the file of --outputs, else `GITHUB_OUTPUT`) and as a report in the job summary. Never throws: what became of the
 * run must not change because a log could not be written. Returns what went wrong.
 */
export function leaveForCi(
  env: Env,
  left:
    | {readonly run: string; readonly outputs: string | undefined}
    | {readonly result: RunResult; readonly outputs: string | undefined},
): readonly string[] {
  const problems: string[] = []
  const attempt = (what: string, work: () => void): void => {
    try {
      work()
    } catch (error) {
      problems.push(`cannot write ${what}: ${messageOf(error)}`)
    }
  }
  const outputs = left.outputs ?? env['GITHUB_OUTPUT']
  if (outputs)
    attempt(`the outputs to ${outputs}`, () =>
      appendFileSync(outputs, 'run' in left ? `run=${left.run}\n` : resultLines(left.result)),
    )
  const summary = env['GITHUB_STEP_SUMMARY']
  const markdown = 'run' in left ? undefined : left.result.markdown
  if (summary && markdown) attempt('the job summary', () => appendSummary(summary, markdown))
  return problems
}

/** `outcome=undo-failed`, `exit_code=4`: good for GitHub's outputs, a dotenv file and a shell alike. */
const resultLines = ({outcome, exitCode}: RunResult): string =>
  `outcome=${outcome.replaceAll(' ', '-')}\nexit_code=${exitCode}\n`

function appendSummary(file: string, markdown: string): void {
  const room = SUMMARY_BYTES - sizeOf(file)
  const text = Buffer.from(`${markdown.trimEnd()}\n\n`)
  if (text.length <= room) return appendFileSync(file, text)
  const kept = text.subarray(0, Math.max(0, room - Buffer.byteLength(CUT)))
  const end = kept.lastIndexOf('\n')
  if (end > 0) appendFileSync(file, Buffer.concat([kept.subarray(0, end), Buffer.from(CUT)]))
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

/** Annotations that earlier steps of this job made, as far as they were ours: the limit is the job's. */
export function annotationsUsed(env: Env): number {
  const file = counterFile(env)
  try {
    return file === undefined ? 0 : Math.max(0, Number.parseInt(readFileSync(file, 'utf8'), 10) || 0)
  } catch {
    return 0
  }
}

export function keepAnnotationsUsed(env: Env, used: number): void {
  const file = counterFile(env)
  try {
    if (file !== undefined) writeFileSync(file, `${used}\n`)
  } catch {
    // Without the count GitHub itself drops what is too much.
  }
}

/** GitHub empties this directory at the begin and the end of each job. */
const counterFile = (env: Env): string | undefined =>
  env['RUNNER_TEMP'] ? path.join(env['RUNNER_TEMP'], 'opsconsole-annotations') : undefined
