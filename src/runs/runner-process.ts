import {spawn} from 'node:child_process'
import {closeSync} from 'node:fs'
import {openInMode} from '../files/modes.ts'
import {childEnvironment} from '../processes/environment.ts'

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
