import type {ChildProcess} from 'node:child_process'
import {identify, type ProcessIdentity} from '../processes/identity.ts'
import {startProcess} from '../processes/start-process.ts'

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A command that has been started, as the leader of a session and a process group of its own. */
export interface CommandProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined
  /** Undefined when it is gone already. */
  readonly process: ProcessIdentity | undefined
  readonly exited: Promise<ProcessEnd>
}

/** What is to be started, and where its output goes. */
export interface CommandOrder {
  readonly text: string
  readonly cwd: string
  /** The marks of the step. */
  readonly marks: Readonly<Record<string, string>>
  /** What the author adds. */
  readonly env: Readonly<Record<string, string>>
  readonly operatorEnv: Readonly<Record<string, string | undefined>>
  readonly input: string | undefined
  readonly spool: {
    readonly outFd: number
    readonly errFd: number
    readonly exitFile: string
  }
}

/**
 * How a command is run by its bash: the text in a subshell, then its exit code into a file, so that it can be read even
 * when the runner is gone. The text is evaluated, never pasted: a bracket in it cannot close the subshell. Signals
 * reach the subshell, whose traps are the default ones again. The file of the exit code is made and never overwritten: in a
 * directory that a team shares, a link of that name would lead to a file of whoever runs the command.
 */
export const RUN_TEXT =
  '(set --; unset __exit; set -euo pipefail; eval "$__text"); __code=$?; set -C; printf "%s\\n" "$__code" >"$__exit"; exit "$__code"'
const WRAPPER = `trap : HUP INT TERM; __exit=$1; __text=$2; ${RUN_TEXT}`

export type StartCommand = (order: CommandOrder) => CommandProcess

/** Starts a command in a new shell. */
export function startShell({text, cwd, marks, env, operatorEnv, input, spool}: CommandOrder): CommandProcess {
  const child = startProcess(['/bin/bash', '-c', WRAPPER, 'bash', spool.exitFile, text], {
    cwd,
    env: operatorEnv,
    add: {...marks, ...env},
    stdio: [input === undefined ? 'ignore' : 'pipe', spool.outFd, spool.errFd],
  })
  if (input !== undefined) child.stdin?.end(input)
  return {...nameOf(child), exited: endOf(child)}
}

export const nameOf = ({pid}: ChildProcess, boot?: string): Pick<CommandProcess, 'pid' | 'process'> => ({
  pid,
  process: pid === undefined ? undefined : identify(pid, boot),
})

export function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({code, signal}))
  })
}
