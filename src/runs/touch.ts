import path from 'node:path'
import type {Environment} from '../config/environment.ts'
import {messageOf, OpsError} from '../errors.ts'
import {named} from '../identity/named.ts'
import type {StepContext} from '../runbooks/define.ts'
import type {Act, OpsTools} from '../kinds/ops-tools.ts'
import type {CommandRecord} from '../shell/command-record.ts'
import {type StartCommand, startShell} from '../shell/command-process.ts'
import {createShell} from '../shell/create-shell.ts'
import {lineStream} from '../text/lines.ts'
import type {OpenOps, RunsContext} from './context.ts'

/** Where and for which run the world is touched. */
export interface Place {
  readonly run: string
  readonly environment: Environment
  readonly signal: AbortSignal
  readonly spoolDir: string
  /** Loaded before, so that no step waits for it. */
  readonly openOps: OpenOps
}

/** How it is touched: a run records, a dry run prints, checks and facts only read. */
export interface Touch extends Place {
  readonly mode: 'read' | 'run' | 'dry'
  readonly record: CommandRecord
  readonly env: Readonly<Record<string, string>>
  readonly progress: OpsTools['progress']
  /** How a command is started; in a new shell when left out. */
  readonly start?: StartCommand
}

/** The part of a step's context through which it sees and changes the world. */
export type Touched = Pick<StepContext, '$' | 'ops' | 'log' | 'progress' | 'signal'>

export function openTouch(context: RunsContext, touch: Touch): Touched {
  const {progress, signal} = touch
  const log = safeLog(context, touch.record)
  const dryRun = touch.mode === 'dry'
  const $ = createShell({
    record: touch.record,
    redactor: context.redactor,
    signal,
    spoolDir: touch.spoolDir,
    dryRun,
    env: touch.env,
    operatorEnv: context.options.env,
    cwd: path.dirname(context.config().file),
    graceMs: 10_000,
    start: touch.start ?? startShell,
  })
  const ops = touch.openOps({
    environment: touch.environment,
    run: touch.run,
    by: named(context.actor()),
    act: recordedAct(touch),
    signal,
    clock: context.clock,
    exec: context.exec,
    secret: context.secret,
    log,
    progress,
    dryRun,
    reads: touch.mode !== 'run',
  })
  return {$, ops, log, progress, signal}
}

/** Facts, forecasts and guards: nothing is changed, nothing is recorded. */
export const openReadOnly = (context: RunsContext, place: Place): Touched =>
  openTouch(context, {...place, mode: 'read', record: noRecord, env: {}, progress: () => {}})

/** Nothing is changed; each command that would be is told. */
export const openPreview = (context: RunsContext, place: Place, tell: (command: string) => void): Touched =>
  openTouch(context, {
    ...place,
    mode: 'dry',
    record: {
      ...noRecord,
      intend: (text, dry) => {
        if (dry) tell(text)
        return noRecord.intend(text, dry)
      },
    },
    env: {},
    progress: () => {},
  })

const noRecord: CommandRecord = {
  intend: () => Math.floor(performance.now() * 1000),
  started: () => {},
  ended: () => {},
  line: () => {},
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
function safeLog(context: RunsContext, record: CommandRecord): (line: string) => void {
  return text => {
    const stream = lineStream(context.redactor, line => record.line('log', line))
    stream.push(Buffer.from(String(text)))
    stream.end()
  }
}
