import type {Options} from 'execa'
import {OpsError} from '../errors.ts'
import {escapeLine, escapeText} from '../text/escape.ts'
import {childEnvironment} from './environment.ts'
import type {Exec, ExecOptions, ExecResult} from './exec.ts'

const DEFAULT_TIMEOUT_MS = 60_000
/** Between TERM and KILL to the process group. */
const GRACE_MS = 2_000
/** Of each stream; more stops the program, because a result that is cut silently would be a lie. */
const OUTPUT_LIMIT = 16 * 1024 * 1024
const LAST_LINES = 5

/**
 * Runs a program in a process group of its own, without a shell. Standard input is closed unless `input` is given, so
 * nothing can wait for a key. execa is loaded on first use: it costs more than most commands that never need it.
 */
export const execProgram: Exec = async (argv, options = {}) => {
  const [program, ...args] = argv
  if (program === undefined || program === '' || argv.some(word => word.includes('\0')))
    throw new OpsError('process/failed', 'a command needs a program and arguments without NUL characters')
  options.signal?.throwIfAborted()
  const {execa} = await import('execa')
  const result = await execa(program, args, executionOf(options))
  if (result.failed) refuse(argv, result, options)
  return {
    exitCode: result.exitCode ?? 0,
    stdout: result.stdout,
    stderr: result.stderr,
    durationMs: result.durationMs,
  } satisfies ExecResult
}

function executionOf(options: ExecOptions) {
  return {
    env: childEnvironment(process.env, options.env),
    extendEnv: false,
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    ...(options.input === undefined ? {stdin: 'ignore' as const} : {input: options.input}),
    ...(options.signal === undefined ? {} : {cancelSignal: options.signal}),
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    killDescendants: true,
    forceKillAfterDelay: GRACE_MS,
    maxBuffer: OUTPUT_LIMIT,
    stripFinalNewline: false,
    reject: false,
  } satisfies Options
}

/** The part of execa's result that tells how a program ended. */
interface Ending {
  readonly failed: boolean
  readonly isCanceled: boolean
  readonly timedOut: boolean
  readonly isMaxBuffer: boolean
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly code?: string | undefined
  readonly cause?: unknown
  readonly stdout?: unknown
  readonly stderr?: unknown
}

/** Raises the OpsError of a failed result, unless the caller takes any exit code and there is one. */
function refuse(argv: readonly string[], result: Ending, options: ExecOptions): void {
  const shown = describeCommand(argv)
  if (result.isCanceled) {
    options.signal?.throwIfAborted()
    throw new OpsError('cancelled/interrupted', `${shown} was stopped`)
  }
  if (result.timedOut)
    throw new OpsError(
      'process/timeout',
      `${shown} did not finish within ${options.timeoutMs ?? DEFAULT_TIMEOUT_MS} ms${lastLines(result)}`,
    )
  if (result.isMaxBuffer)
    throw new OpsError('process/failed', `${shown} printed more than ${OUTPUT_LIMIT / 1024 / 1024} MB and was stopped`)
  if (result.exitCode === undefined && result.signal === undefined) throw unstartable(shown, argv, result, options)
  if (options.anyExit === true && result.exitCode !== undefined) return
  const end = result.exitCode === undefined ? `was killed by ${result.signal}` : `exited with ${result.exitCode}`
  throw new OpsError('process/failed', `${shown} ${end}${lastLines(result)}`)
}

function unstartable(shown: string, argv: readonly string[], result: Ending, options: ExecOptions): OpsError {
  const where = options.cwd === undefined ? '' : ` in ${escapeLine(options.cwd, 200)}`
  if (result.code === 'ENOENT')
    return new OpsError(
      'process/missing',
      `${escapeLine(argv[0] ?? '', 200)} is not installed or not on PATH${where}`,
      {
        cause: result.cause,
        hint: 'Install it, or give its full path.',
      },
    )
  return new OpsError('process/failed', `${shown} could not be started: ${escapeLine(result.code ?? 'unknown', 100)}`, {
    cause: result.cause,
  })
}

/** A command in a message: short and escaped. */
export const describeCommand = (argv: readonly string[]): string => escapeLine(argv.join(' '), 300)

/** The last lines of what the program said, standard error first. */
export function lastLines(result: Pick<Ending, 'stdout' | 'stderr'>): string {
  const text = [result.stderr, result.stdout].find(part => typeof part === 'string' && part.trim() !== '')
  if (typeof text !== 'string') return ''
  const lines = text.trimEnd().slice(-8000).split('\n').slice(-LAST_LINES).join('\n')
  return `:\n${escapeText(lines, 2000)}`
}
