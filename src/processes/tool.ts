import type {ChildProcess} from 'node:child_process'
import {createInterface} from 'node:readline'
import {PassThrough, pipeline, type Readable, type Writable} from 'node:stream'
import {OpsError} from '../errors.ts'
import {startProcess} from './start-process.ts'
import {stopGroup} from './stop.ts'
import {escapeLine} from '../text/escape.ts'

/** A program in the middle of a stream, in a process group of its own. */
export interface Tool {
  readonly pid: number | undefined
  readonly stdin: Writable | undefined
  readonly stdout: Readable | undefined
  /** Resolves when the program is gone; raises `process/missing` or `process/failed` with its last words. */
  readonly ended: Promise<void>
  /** TERM, then KILL, to the whole group; resolves when nobody is left. */
  readonly stop: () => Promise<void>
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** pipe: the caller writes. */
  readonly stdin: 'none' | 'pipe'
  /**
   * pipe: the caller reads · the standard input of another tool: the bytes then go there without passing through this
   * process. Never the other way round: Node begins to read a child's output at once, and what it took would be lost.
   */
  readonly stdout: 'none' | 'pipe' | Writable
  readonly signal: AbortSignal
  /** Called with each line of standard error. */
  readonly onLine?: (line: string) => void
}

const LAST_WORDS = 4000

/** Somebody ended the program, it did not end by itself: nothing follows from it for what it was working on. */
export class ToolKilledError extends OpsError {}

export function startTool(argv: readonly string[], options: ToolOptions): Tool {
  options.signal.throwIfAborted()
  const [program = ''] = argv
  const child = startProcess(argv, {
    env: inherited(process.env),
    add: {LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...options.env},
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    stdio: [
      options.stdin === 'none' ? 'ignore' : 'pipe',
      options.stdout === 'none' ? 'ignore' : options.stdout,
      'pipe',
    ],
  })
  // The copy of the pipe's end that stays here would keep its reader from ever seeing the end.
  if (typeof options.stdout !== 'string') options.stdout.destroy()
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) await stopGroup(child.pid, 2000)
  }
  const abort = (): void => void stop()
  options.signal.addEventListener('abort', abort, {once: true})
  const ended = endOf(child, program, options).finally(() => options.signal.removeEventListener('abort', abort))
  ended.catch(() => undefined)
  return {pid: child.pid, stdin: child.stdin ?? undefined, stdout: kept(child.stdout), ended, stop}
}

/**
 * A reader from the first moment on. When a program ends and nobody reads its output yet, Node throws away what is left
 * of it, without a word: a short dump was lost when whoever seals it was a little late.
 */
function kept(stdout: Readable | null): Readable | undefined {
  if (stdout === null) return undefined
  return pipeline(stdout, new PassThrough({highWaterMark: 256 * 1024}), () => undefined)
}

/** The operator's PGOPTIONS or PGSERVICE must not steer a backup; messages are wanted in one language. */
const inherited = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:PG|ZSTD_|LC_|LANGUAGE)/.test(name)))

function endOf(child: ChildProcess, program: string, options: ToolOptions): Promise<void> {
  const name = program.split('/').pop() ?? program
  let words = ''
  let firstError: string | undefined
  if (child.stderr !== null)
    createInterface({input: child.stderr}).on('line', line => {
      words = `${words}\n${line}`.slice(-LAST_WORDS)
      if (firstError === undefined && ERROR_LINE.test(line)) firstError = line
      if (line.trim() !== '') options.onLine?.(escapeLine(line, 300))
    })
  return new Promise((resolve, reject) => {
    child.once('error', cause =>
      reject(new OpsError('process/missing', `${name} could not be started: ${cause.message}`, {cause})),
    )
    child.once('close', (code, signal) => {
      if (code === 0) return resolve()
      const said = lastWords(words, firstError)
      reject(
        code === null
          ? new ToolKilledError('process/failed', `${name} was killed by ${signal ?? 'a signal'}${said}`)
          : new OpsError('process/failed', `${name} exited with ${code}${said}`),
      )
    })
  })
}

/** How programs begin the line that matters; hints and the statement come after it. */
const ERROR_LINE = /\b(?:ERROR|FATAL|PANIC|error|fatal)\b/

/** The first error is the cause and those after it often only its consequence, so it is kept whatever follows. */
function lastWords(words: string, firstError: string | undefined): string {
  const last = words
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-3)
  const kept = firstError === undefined || last.includes(firstError) ? last : [firstError, ...last.slice(-2)]
  return kept.length === 0 ? '' : `: ${kept.map(line => escapeLine(line, 300)).join(' | ')}`
}
