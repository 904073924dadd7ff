import {spawnSync} from 'node:child_process'
import path from 'node:path'
import {childEnvironment} from '../processes/environment.ts'
import type {AppContext} from './context.ts'

/** Runs a program in the terminal of this process, beside the configuration; its exit code, 127 when it does not start. */
export function handOver(app: AppContext, [program, ...args]: readonly string[]): number {
  if (program === undefined) return 127
  const {status, signal, error} = spawnSync(program, args, {
    stdio: 'inherit',
    cwd: path.dirname(app.config().file),
    env: childEnvironment(app.options.env),
  })
  if (error) return 127
  return status ?? (signal === null ? 127 : 128)
}
