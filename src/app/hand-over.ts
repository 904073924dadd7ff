import {spawnSync} from 'node:child_process'
import path from 'node:path'
import {childEnvironment} from '../processes/environment.ts'
import type {Base} from './base.ts'

/** Runs a program in the terminal of this process, beside the configuration; its exit code, 127 when it does not start. */
export function handOver(base: Base, [program, ...args]: readonly string[]): number {
  if (program === undefined) return 127
  const {status, signal, error} = spawnSync(program, args, {
    stdio: 'inherit',
    cwd: path.dirname(base.config().file),
    env: childEnvironment(base.options.env),
  })
  if (error) return 127
  return status ?? (signal === null ? 127 : 128)
}
