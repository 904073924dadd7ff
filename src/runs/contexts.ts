import {mkdtempSync, rmSync} from 'node:fs'
import path from 'node:path'
import type {Environment} from '../config/environment.ts'
import {messageOf, OpsError} from '../errors.ts'
import type {Step, StepContext} from '../runbooks/define.ts'
import type {Ops} from '../runbooks/ops.ts'
import type {Act, OpsTools} from '../kinds/ops-tools.ts'
import type {CommandRecord} from '../shell/command-record.ts'
import type {Shell} from '../shell/shell.ts'
import {type StartCommand, startShell} from '../shell/command-process.ts'
import {createShell} from '../shell/create-shell.ts'
import {lineStream} from '../text/lines.ts'
import {allTargets} from '../app/targets.ts'
import {once, type AppContext} from '../app/context.ts'
import {createOps} from '../app/ops.ts'
import {makeDirectory} from '../files/make-directory.ts'

/** How the world is touched in one place: planning only reads, a run records, a dry run prints. */
export interface Touch {
  readonly mode: 'read' | 'run' | 'dry'
  readonly run: string
  readonly environment: Environment
  readonly record: CommandRecord
  readonly signal: AbortSignal
  readonly spoolDir: string
  readonly env: Readonly<Record<string, string>>
  readonly progress: OpsTools['progress']
  /** How a command is started; in a new shell when left out. */
  readonly start?: StartCommand
}

/** `$` and `ops` for one place. */
export function openTouch(
  context: AppContext,
  touch: Touch,
): {readonly $: Shell; readonly ops: Ops; readonly log: (line: string) => void} {
  const log = safeLog(context, touch.record)
  const shell = createShell({
    record: touch.record,
    redactor: context.redactor,
    signal: touch.signal,
    spoolDir: touch.spoolDir,
    dryRun: touch.mode === 'dry',
    env: touch.env,
    operatorEnv: context.options.env,
    cwd: path.dirname(context.config().file),
    graceMs: 10_000,
    start: touch.start ?? startShell,
  })
  const tools: OpsTools = {
    environment: touch.environment,
    run: touch.run,
    act: recordedAct(touch),
    signal: touch.signal,
    clock: context.clock,
    exec: context.exec,
    secret: context.secret,
    log,
    progress: touch.progress,
    dryRun: touch.mode === 'dry',
  }
  return {
    $: shell,
    log,
    ops: createOps(
      context.config(),
      tools,
      once(() => allTargets(context)),
    ),
  }
}

/** Changes without the shell: recorded before, with their outcome after; never while planning. */
function recordedAct({mode, record, signal}: Touch): Act {
  return async (command, change, dry) => {
    if (mode === 'read')
      throw new OpsError('runbook/invalid', `facts and checks only read, but this one wants to: ${command}`)
    const number = record.intend(command, mode === 'dry')
    if (mode === 'dry') {
      record.ended(number, {exitCode: 0, signal: null, durationMs: 0, error: ''})
      return dry
    }
    const began = performance.now()
    const end = (error: string): void =>
      record.ended(number, {
        exitCode: error === '' ? 0 : 1,
        signal: null,
        durationMs: Math.round(performance.now() - began),
        error,
      })
    try {
      const result = await change(signal)
      end('')
      return result
    } catch (error) {
      end(messageOf(error))
      throw error
    }
  }
}

/** Lines of a runbook are its author's, but what they quote is not: they pass the same gate as command output. */
function safeLog(context: AppContext, record: CommandRecord): (line: string) => void {
  return text => {
    const stream = lineStream(context.redactor, line => record.line('log', line))
    stream.push(Buffer.from(String(text)))
    stream.end()
  }
}

/** A record that keeps nothing, for facts and checks before there is a run. */
export const noRecord: CommandRecord = {
  intend: () => Math.floor(performance.now() * 1000),
  started: () => {},
  ended: () => {},
  line: () => {},
}

/** A directory for the output of commands that only read; gone afterwards. */
export async function withSpool<T>(stateDir: string, work: (directory: string) => Promise<T>): Promise<T> {
  const parent = path.join(stateDir, 'plans')
  let directory: string
  try {
    makeDirectory(parent)
    directory = mkdtempSync(path.join(parent, 'spool-'))
  } catch (cause) {
    throw new OpsError('state/unwritable', `cannot create ${parent}: ${messageOf(cause)}`, {
      cause,
      hint: 'Set OPSCONSOLE_STATE_DIR to a directory you can write.',
    })
  }
  try {
    return await work(directory)
  } finally {
    removeQuietly(directory)
  }
}

/** A directory that stays is in nobody's way. */
function removeQuietly(directory: string): void {
  try {
    rmSync(directory, {recursive: true, force: true})
  } catch {
    // The disk refuses: whatever needs it next says so.
  }
}

/** The rest of what a step's functions get. */
export function stepContext(
  parts: Pick<StepContext, '$' | 'ops' | 'log' | 'progress' | 'signal' | 'fence' | 'run' | 'reason' | 'saved' | 'save'>,
  step: Step,
): StepContext {
  return {...parts, idempotencyKey: `${parts.run}/${step.id}`}
}
