import {closeSync} from 'node:fs'
import {openInMode} from '../files/modes.ts'
import {ownVariables} from '../processes/environment.ts'
import {startProcess} from '../processes/start-process.ts'

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
  const child = startProcess([process.execPath, site.entry, 'runner', ...args, ...config], {
    cwd: site.cwd,
    env: site.env,
    add: {...ownVariables(site.env), OPSCONSOLE_STATE_DIR: site.stateDir},
    stdio: ['pipe', log, log],
  })
  closeSync(log)
  child.unref()
  const exited = new Promise<number | null>(resolve => {
    child.once('error', () => resolve(null))
    child.once('exit', code => resolve(code))
  })
  return {pid: child.pid, exited, order: secrets => void child.stdin?.end(JSON.stringify(secrets))}
}
