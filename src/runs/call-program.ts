import {CATALOGUE, type ErrorCode, OpsError} from '../errors.ts'
import {ownVariables} from '../processes/environment.ts'
import {startProcess} from '../processes/start-process.ts'
import type {RunsContext} from './context.ts'

interface Failure {
  readonly error?: {readonly code: string; readonly message: string; readonly hint?: string}
}

export type CallContext = Pick<RunsContext, 'options' | 'config' | 'stateDir' | 'redactor'>

interface CallOptions {
  readonly signal?: AbortSignal
  /** Standard input: what must not stand in a list of processes. */
  readonly input?: string
}

/** Enough for it to stop the commands that it runs. */
const KILLED_AFTER_MS = 10_000

/**
 * Calls this program itself for one JSON answer, in a process of its own: a runbook's code that hangs or crashes
 * cannot take the console with it. Rejects with the error that the other process had.
 */
export function callProgram<T>(context: CallContext, args: readonly string[], options: CallOptions = {}): Promise<T> {
  const called = openProgram<T>(context, args, options.signal)
  called.send(options.input)
  return called.answer
}

/** The same, waiting for its standard input: it gets ready meanwhile. It ends when nothing comes, as when this process dies. */
export interface CalledProgram<T> {
  readonly answer: Promise<T>
  /** All of its standard input. */
  send(input: string | undefined): void
  readonly hasEnded: () => boolean
  /** It was ended by a signal, and what it was asked for has no answer. */
  readonly wasKilled: () => boolean
}

export function openProgram<T>(context: CallContext, args: readonly string[], signal?: AbortSignal): CalledProgram<T> {
  const {entry, cwd, env} = context.options
  const child = startProcess([process.execPath, entry, ...args, '--json', '--config', context.config().file], {
    cwd,
    env,
    add: {...ownVariables(env), OPSCONSOLE_STATE_DIR: context.stateDir},
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
  })
  // A runbook's loop hears no TERM.
  signal?.addEventListener('abort', () => setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER_MS).unref(), {
    once: true,
  })
  const output = {out: '', err: ''}
  child.stdout?.on('data', chunk => (output.out += String(chunk)))
  child.stderr?.on('data', chunk => (output.err += String(chunk)))
  let [ended, killed] = [false, false]
  const answer = new Promise<T>((resolve, reject) => {
    child.once('error', cause => {
      ended = true
      reject(new OpsError('process/failed', `cannot start ${args[0]}: ${cause.message}`, {cause}))
    })
    child.once('exit', () => (ended = true))
    child.once('close', (_, signal) => {
      const said = lastJson(output.out) as (T & Failure) | undefined
      killed = said === undefined && signal !== null
      if (said === undefined)
        return reject(
          new OpsError(
            'process/failed',
            `${args[0]} gave no answer: ${context.redactor.redact(output.err).trim().slice(-500)}`,
          ),
        )
      const {error} = said
      if (error === undefined) return resolve(said)
      const code = error.code in CATALOGUE ? (error.code as ErrorCode) : 'process/failed'
      reject(new OpsError(code, error.message, error.hint === undefined ? {} : {hint: error.hint}))
    })
  })
  return {answer, send: input => void child.stdin?.end(input), hasEnded: () => ended, wasKilled: () => killed}
}

function lastJson(text: string): unknown {
  const line = text.trimEnd().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
