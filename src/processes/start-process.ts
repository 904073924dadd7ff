import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process'
import {childEnvironment} from './environment.ts'

export interface StartOptions {
  readonly cwd?: string
  /** Inherited: without what would change the program before it gets a say. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Added as it is. */
  readonly add?: Readonly<Record<string, string>>
  readonly stdio: NonNullable<SpawnOptions['stdio']>
  /** Aborted: TERM. */
  readonly signal?: AbortSignal | undefined
  /** Another account than our own. */
  readonly account?: {readonly uid: number; readonly gid: number} | undefined
}

/**
 * The one way in which a program is started that goes on beside us, without a shell: as the leader of a session and a
 * process group of its own. What a person types at the terminal, such as Ctrl-C, is not for it, and all that it starts
 * can be stopped with it. One that cannot be started says so by the event `error`.
 */
export function startProcess(
  [program = '', ...args]: readonly string[],
  {cwd, env, add, stdio, signal, account}: StartOptions,
): ChildProcess {
  const child = spawn(program, args, {
    detached: true,
    env: childEnvironment(env, add),
    stdio,
    ...(cwd === undefined ? {} : {cwd}),
    ...(signal === undefined ? {} : {signal}),
    ...(account === undefined ? {} : {uid: account.uid, gid: account.gid}),
  })
  // It may end without reading what it is given; its end says what there is to say.
  child.stdin?.on('error', () => {})
  return child
}
