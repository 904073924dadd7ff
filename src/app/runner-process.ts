import {spawn} from 'node:child_process'
import {closeSync, renameSync, rmSync} from 'node:fs'
import {openInMode} from '../files/modes.ts'
import {childEnvironment} from '../processes/environment.ts'
import {keptPlans, type RunFiles, standbyLog} from '../store/runs/directory.ts'
import {stateError} from '../store/state-error.ts'
import type {Base} from './base.ts'

/** The process of a run, as the process that started it sees it. */
export interface RunnerProcess {
  readonly pid: number | undefined
  readonly exited: Promise<number | null>
  /** Lets it begin. Without an order, as when its starter dies, it ends and has touched nothing. */
  order(secrets: Readonly<Record<string, string>>): void
  dismiss(): void
}

/** In a session of its own, output to a file, its order over a pipe: it outlives whoever started it. */
export function startRunner(base: Base, args: readonly string[], logFile: string): RunnerProcess {
  const log = openInMode(logFile, 'a')
  const command = [base.options.entry, 'runner', ...args, '--config', base.config().file]
  const child = spawn(process.execPath, command, {
    detached: true,
    cwd: base.options.cwd,
    env: childEnvironment(base.options.env, {OPSCONSOLE_STATE_DIR: base.stateDir}),
    stdio: ['pipe', log, log],
  })
  closeSync(log)
  child.stdin?.on('error', () => {})
  child.unref()
  const exited = new Promise<number | null>(resolve => {
    child.once('error', () => resolve(null))
    child.once('exit', code => resolve(code))
  })
  return {
    pid: child.pid,
    exited,
    order: secrets => void child.stdin?.end(JSON.stringify(secrets)),
    dismiss: () => void child.stdin?.end(),
  }
}

/** A runner that loads the program while the plan of its run is still being made. */
export interface Standby {
  /** For the run that now exists; undefined when it has died meanwhile. */
  take(files: RunFiles): RunnerProcess | undefined
  dismiss(): void
}

/** Undefined when none can be started now: whatever is the matter, the plan or the start will say it. */
export function openStandby(base: Base, run: string): Standby | undefined {
  try {
    keptPlans(base.stateDir)
    const log = standbyLog(base.stateDir, run)
    const runner = startRunner(base, [run], log)
    let ended = false
    void runner.exited.then(() => (ended = true))
    return {
      take: files => {
        if (ended) {
          leaveStandby(base.stateDir, run)
          return undefined
        }
        try {
          renameSync(log, files.log)
        } catch (cause) {
          throw stateError('write', files.log, cause)
        }
        return runner
      },
      dismiss: () => runner.dismiss(),
    }
  } catch {
    return undefined
  }
}

/** A runner that is not wanted leaves nothing behind. */
export function leaveStandby(stateDir: string, run: string): number {
  rmSync(standbyLog(stateDir, run), {force: true})
  return 0
}
