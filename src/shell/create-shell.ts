import {ProcessOutput, quote} from 'zx/core'
import {type ErrorCode, OpsError} from '../errors.ts'
import {childEnvironment} from '../processes/environment.ts'
import type {ProcessIdentity} from '../processes/identity.ts'
import {execProgram} from '../processes/run.ts'
import {stopGroup} from '../processes/stop.ts'
import {escapeLine} from '../text/escape.ts'
import {lineStream} from '../text/lines.ts'
import type {Redactor} from '../text/redact.ts'
import {sleep} from '../units/clock.ts'
import type {StartCommand} from './command-process.ts'
import type {CommandRecord} from './command-record.ts'
import type {RemoteTools} from './remote.ts'
import type {Shell} from './shell.ts'
import {renderCommand} from './render-command.ts'
import {type CommandOptions, shellOf} from './shell-of.ts'
import {type Chunk, openSpool} from './spool.ts'
import {throughFiles} from './through-files.ts'

export interface ShellTools {
  readonly record: CommandRecord
  readonly redactor: Redactor
  readonly signal: AbortSignal
  readonly spoolDir: string
  /** Prints instead of running, unless a command only reads. */
  readonly dryRun: boolean
  /** Given to every command: run, step, idempotency key, fence. */
  readonly env: Readonly<Record<string, string>>
  readonly operatorEnv: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly graceMs: number
  readonly start: StartCommand
}

/** At most this much of a command's output is given back to the runbook; all of it is on the screen and in the file. */
const KEPT = 8 << 20
/** More than this from one command would fill the disk that it may be needed to fix. */
const LARGEST_SPOOL = 1 << 30
const TOO_MUCH = `stopped after ${LARGEST_SPOOL >> 20} MB of output`
/** The `$` of a step: zx's quoting, our own processes. */
export function createShell(tools: ShellTools): Shell {
  return shellOf(renderCommand, async (text, options) =>
    tools.dryRun && !options.reads ? printInstead(tools, text) : runCommand(tools, text, options),
  )
}

function printInstead(tools: ShellTools, text: string): ProcessOutput {
  const number = tools.record.intend(text, true)
  tools.record.ended(number, {exitCode: 0, signal: null, durationMs: 0, error: ''})
  return new ProcessOutput(0, null, '', '', '', '', 0)
}

async function runCommand(tools: ShellTools, text: string, options: CommandOptions): Promise<ProcessOutput> {
  tools.signal.throwIfAborted()
  const number = tools.record.intend(text, false)
  const began = performance.now()
  const label = options.label === undefined ? '' : `${escapeLine(options.label, 100)}: `
  const {remote} = options
  const output = collectOutput(tools, options, label)
  const spool = openSpool(tools.spoolDir, String(number), output.push)
  const carried = remote?.text ?? text
  try {
    const {pid, process, exited} = tools.start({
      text: options.pty ? inTerminal(carried) : carried,
      cwd: options.cwd ?? tools.cwd,
      marks: tools.env,
      env: options.env ?? {},
      operatorEnv: tools.operatorEnv,
      input: options.input,
      spool,
    })
    noteProcess(tools, number, process)
    let stopping: Promise<unknown> | undefined
    let left = ''
    const there = (): RemoteTools => remoteTools(tools, options, label)
    const stop = (): void => {
      if (pid === undefined) return
      const cut = (): Promise<unknown> => stopGroup(pid, tools.graceMs)
      stopping ??= remote ? remote.stop(there(), cut).then(what => void (left = what)) : cut()
    }
    tools.signal.addEventListener('abort', stop, {once: true})
    const way = await follow(exited, () => {
      const more = spool.drain()
      if (spool.taken() > LARGEST_SPOOL) stop()
      return more
    }).catch(async (error: unknown) => {
      // Nobody would watch it any more: a command whose output cannot be taken over is not left to itself.
      stop()
      await stopping
      throw error
    })
    // What ignored the signal is still in the group when the command itself has gone.
    await stopping
    tools.signal.removeEventListener('abort', stop)
    output.end()
    const {
      lost,
      left: runsOn,
      ...end
    } = remote
      ? {signal: null, left: false, ...(await remote.end(way.code, there(), stopping !== undefined))}
      : {...way, lost: '', left: false}
    const durationMs = Math.round(performance.now() - began)
    const error =
      lost || (end.code === 0 ? '' : end.signal === null ? `exit code ${end.code}` : `ended by ${end.signal}`)
    tools.record.ended(number, {exitCode: end.code, signal: end.signal, durationMs, error})
    if (tools.signal.aborted)
      throw left === '' ? (tools.signal.reason as Error) : new OpsError('host/left', left, {cause: tools.signal.reason})
    if (stopping !== undefined)
      throw commandFailed(tools, remote?.said ?? text, {
        error: left === '' ? TOO_MUCH : `${TOO_MUCH}; ${left}`,
        err: '',
      })
    const [out, err] = [output.text('out'), output.text('err')]
    const result = new ProcessOutput(end.code, end.signal, out, err, out + err, error, durationMs)
    if (end.code !== 0 && !options.nothrow)
      throw commandFailed(tools, remote?.said ?? text, {
        error,
        err: err || out,
        code: lost === '' ? 'process/failed' : runsOn ? 'host/left' : 'host/lost',
      })
    return result
  } finally {
    spool.close()
  }
}

/** What a command prints: whole for the runbook, line by line for everybody who watches. */
function collectOutput(
  {redactor, record}: ShellTools,
  {quiet, remote}: CommandOptions,
  label: string,
): {push: Chunk; end: () => void; text: (stream: 'out' | 'err') => string} {
  const kept = {out: createOutputBuffer(), err: createOutputBuffer()}
  const lines = {
    out: lineStream(redactor, line => void (quiet || record.line('out', label + line))),
    err: lineStream(redactor, line => void (quiet || record.line('err', label + line))),
  }
  const take: Chunk = (stream, bytes) => {
    kept[stream].push(bytes)
    lines[stream].push(bytes)
  }
  return {
    push: (stream, bytes) => take(stream, remote?.takeMarkers(stream, bytes) ?? bytes),
    end: () => {
      for (const stream of ['out', 'err'] as const) {
        if (remote) take(stream, remote.rest(stream))
        lines[stream].end()
      }
    },
    text: stream => kept[stream].text(),
  }
}

/** What a command on another host is asked and stopped with. */
function remoteTools(tools: ShellTools, {cwd, env}: CommandOptions, label: string): RemoteTools {
  const own = {cwd: cwd ?? tools.cwd, env: childEnvironment(tools.operatorEnv, {...tools.env, ...env})}
  return {
    exec: throughFiles((argv, options) => execProgram(argv, {...options, ...own}), tools.spoolDir),
    graceMs: tools.graceMs,
    signal: tools.signal,
    log: line => tools.record.line('log', label + line),
    orphans: processes => tools.record.orphans?.(processes.map(each => tools.redactor.redact(each))),
  }
}

/** A command that runs is not left alone because this cannot be written: it is found by its tag, and the next record raises. */
function noteProcess(tools: ShellTools, command: number, process: ProcessIdentity | undefined): void {
  try {
    tools.record.started(command, process)
  } catch {
    // As above.
  }
}

/** `script` gives the command a terminal, and runs it with the shell that SHELL names; it ends with the command's exit code, and its end hangs the terminal up. */
function inTerminal(text: string): string {
  return `SHELL=/bin/bash exec script --quiet --return --flush --command ${quote(`set -euo pipefail; ${text}`)} /dev/null`
}

/** Hands output over while the command runs: often at first, then every 50 ms, and a last time when it has ended. */
async function follow<T>(exited: Promise<T>, drain: () => boolean): Promise<T> {
  const state = {done: false}
  const ended = exited.finally(() => {
    state.done = true
  })
  for (let pause = 2; !state.done; pause = Math.min(50, pause * 2)) {
    await Promise.race([ended.catch(() => {}), sleep(pause)])
    while (!state.done && drain()) await new Promise(resolve => setImmediate(resolve))
  }
  const end = await ended
  while (drain());
  return end
}

interface OutputBuffer {
  push(bytes: Uint8Array): void
  text(): string
}

function createOutputBuffer(): OutputBuffer {
  const chunks: Buffer[] = []
  let size = 0
  return {
    push: bytes => {
      if (size >= KEPT) return
      chunks.push(Buffer.from(bytes))
      size += bytes.length
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  }
}

function commandFailed(
  tools: ShellTools,
  text: string,
  end: {readonly error: string; readonly err: string; readonly code?: ErrorCode},
): OpsError {
  const last = tools.redactor.redact(end.err).trimEnd().split('\n').slice(-3).join(' / ')
  const shown = tools.redactor.redact(text)
  // Which host was lost says enough: the command stands above it.
  const from = end.code === 'host/lost' ? '' : ` from ${shown.length > 200 ? `${shown.slice(0, 199)}…` : shown}`
  return new OpsError(end.code ?? 'process/failed', `${end.error}${from}${last ? `: ${last.slice(0, 600)}` : ''}`)
}
