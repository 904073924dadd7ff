import {spawnSync} from 'node:child_process'
import {childEnvironment} from './environment.ts'

/** Runs a program in the terminal of this process, and waits; its exit code, 127 when it does not start. */
export function runInTerminal(
  [program, ...args]: readonly string[],
  {cwd, env}: {readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>>},
): number {
  if (program === undefined) return 127
  const {status, signal, error} = spawnSync(program, args, {stdio: 'inherit', cwd, env: childEnvironment(env)})
  if (error) return 127
  return status ?? (signal === null ? 127 : 128)
}
