import type {ResolveSecret} from '../config/fields.ts'
import {OpsError} from '../errors.ts'
import type {Exec, ExecResult} from '../processes/exec.ts'
import {describeCommand, lastLines} from '../processes/run.ts'
import {sleep} from '../units/clock.ts'
import type {PlatformFields} from './fields.ts'

export interface PlatformTools {
  readonly exec: Exec
  readonly secret: ResolveSecret
}

interface Call extends PlatformFields {
  readonly argv: readonly string[]
  readonly input?: string | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Words of a refusal that means that it is so already. */
  readonly already?: readonly string[]
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000

/**
 * Runs a program of a platform in `/`, with its tokens in the environment: never in its arguments, which others on this host can
 * read. One that was asked too often is asked again until the deadline. Raises `process/failed` and `process/timeout`.
 */
export async function callPlatform(
  {argv, input, env, again, already = [], timeoutMs, signal}: Call,
  {exec, secret}: PlatformTools,
): Promise<string> {
  const variables = Object.fromEntries(
    await Promise.all(Object.entries(env).map(async ([name, ref]) => [name, await secret(ref)] as const)),
  )
  const deadline = performance.now() + timeoutMs
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const left = Math.max(1, Math.ceil(deadline - performance.now()))
    const ended = await exec(argv, {
      env: variables,
      cwd: '/',
      signal,
      timeoutMs: left,
      anyExit: true,
      ...(input === undefined ? {} : {input}),
    })
    if (ended.exitCode === 0 || says(ended, already)) return ended.stdout
    const over = performance.now() + wait >= deadline
    if (over || !says(ended, again))
      throw new OpsError(
        'process/failed',
        `${describeCommand(argv)} exited with ${ended.exitCode}${lastLines(ended)}`,
        over && says(ended, again) ? {hint: 'The platform was asked too often. Give it a minute, then try again.'} : {},
      )
    await sleep(wait, signal)
  }
}

const says = ({stdout, stderr}: ExecResult, words: readonly string[]): boolean =>
  words.some(word => stderr.includes(word) || stdout.includes(word))
