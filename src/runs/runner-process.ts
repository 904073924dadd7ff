import {spawn} from 'node:child_process'
import {closeSync, renameSync, rmSync} from 'node:fs'
import {openInMode} from '../files/modes.ts'
import {childEnvironment} from '../processes/environment.ts'
import {processStat} from '../processes/identity.ts'
import {keptPlans, newRunId, type RunFiles, standbyLog} from '../store/runs/directory.ts'
import {stateError} from '../store/state-error.ts'
import {stateDirectory} from '../app/state-dir.ts'

/** The process of a run, as the process that started it sees it. */
export interface RunnerProcess {
  readonly pid: number | undefined
  readonly exited: Promise<number | null>
  /** Lets it begin. Without an order, as when its starter dies, it ends and has touched nothing. */
  order(secrets: Readonly<Record<string, string>>): void
}

/** What a runner is started with. */
export interface RunnerSite {
  /** The program itself: `cli.ts` or `dist/cli.mjs`. */
  readonly entry: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stateDir: string
  /** Undefined: it is found as the starter finds its own. */
  readonly configFile: string | undefined
}

/** In a session of its own, output to a file, its order over a pipe: it outlives whoever started it. */
export function startRunner(site: RunnerSite, args: readonly string[], logFile: string): RunnerProcess {
  const log = openInMode(logFile, 'a')
  const config = site.configFile === undefined ? [] : ['--config', site.configFile]
  const child = spawn(process.execPath, [site.entry, 'runner', ...args, ...config], {
    detached: true,
    cwd: site.cwd,
    env: childEnvironment(site.env, {OPSCONSOLE_STATE_DIR: site.stateDir}),
    stdio: ['pipe', log, log],
  })
  closeSync(log)
  child.stdin?.on('error', () => {})
  child.unref()
  const exited = new Promise<number | null>(resolve => {
    child.once('error', () => resolve(null))
    child.once('exit', code => resolve(code))
  })
  return {pid: child.pid, exited, order: secrets => void child.stdin?.end(JSON.stringify(secrets))}
}

/** A runner that loads the program while the command that will start it does so too, and makes the plan. */
export interface Standby {
  /** The run that it is for. */
  readonly run: string
  /** For the run that now exists; undefined when it has died meanwhile. */
  take(files: RunFiles): RunnerProcess | undefined
}

/** Undefined when none can be started now: whatever is the matter, the plan or the start will say it. */
export function openStandby(options: Omit<RunnerSite, 'stateDir'>): Standby | undefined {
  try {
    const site = {...options, stateDir: stateDirectory(options.env)}
    const run = newRunId(Date.now())
    keptPlans(site.stateDir)
    const log = standbyLog(site.stateDir, run)
    const runner = startRunner(site, [run], log)
    return {
      run,
      take: files => {
        if (!lives(runner.pid)) {
          leaveStandby(site.stateDir, run)
          return undefined
        }
        try {
          renameSync(log, files.log)
        } catch (cause) {
          throw stateError('write', files.log, cause)
        }
        return runner
      },
    }
  } catch {
    return undefined
  }
}

/** Its end may have come and not been told yet. */
const lives = (pid: number | undefined): boolean => pid !== undefined && (processStat(pid)?.state ?? 'Z') !== 'Z'

/** A runner that is not wanted leaves nothing behind. */
export function leaveStandby(stateDir: string, run: string): number {
  rmSync(standbyLog(stateDir, run), {force: true})
  return 0
}
