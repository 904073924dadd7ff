import type {Socket} from 'node:net'
import {childEnvironment} from '../processes/environment.ts'
import {bootId, isRunning} from '../processes/identity.ts'
import {startProcess} from '../processes/start-process.ts'
import {quotePosix} from '../text/quote-posix.ts'
import {
  type CommandOrder,
  type CommandProcess,
  endOf,
  nameOf,
  RUN_TEXT,
  type StartCommand,
  startShell,
} from './command-process.ts'

/**
 * One shell that waits for the next command of a run. Starting bash takes longer than most commands of a runbook; while
 * one command runs, the shell of the next is started beside it. A shell takes one command and no other, in a session
 * and process group of its own, just as if it had been started for it.
 */
export interface WarmShell {
  /** In the waiting shell; in a new one when none waits or the command needs what only a new one can have. */
  readonly start: StartCommand
  /** Lets the waiting shell go. */
  close(): void
}

/**
 * What it is to do comes over descriptor 3, as assignments: with a number of characters to read, bash takes what is there
 * in one go; up to a mark, byte by byte. What is cut short does not end as a whole order does: it is not run, and does not
 * look like success.
 */
export const WAITING = String.raw`trap : HUP INT TERM
IFS= read -rN 1000000 -u 3 __order
[[ $__order == *$'\n# whole\n' ]] && eval "$__order" || exit 70
exec >"$__out" 2>"$__err" 3<&- || exit 70
cd -- "$__cwd" || exit 70
unset OLDPWD __order __out __err __cwd
${RUN_TEXT}`

/** A new shell is given its text as an argument, and the kernel limits those (128 KiB): a longer one fails there, with its reason. */
const LONGEST_TEXT = 64 * 1024

interface Waiting extends CommandProcess {
  take(order: CommandOrder): void
  dismiss(): void
}

export function openWarmShell(operatorEnv: Readonly<Record<string, string | undefined>>, cwd: string): WarmShell {
  const boot = bootId()
  // Read once: each look into the environment of this process goes through the C library.
  const env = childEnvironment(operatorEnv)
  let waiting: Waiting | undefined
  let closed = false
  const prepare = (): void => {
    if (closed || waiting) return
    const shell = startWaiting({env, cwd, boot})
    const forget = (): void => void (waiting === shell && (waiting = undefined))
    shell?.exited.then(forget, forget)
    waiting = shell
  }
  return {
    start: order => {
      const shell = fits(order) && waiting && isRunning(waiting.pid) ? waiting : undefined
      if (shell) waiting = undefined
      shell?.take(order)
      const process = shell ?? startShell(order)
      setImmediate(prepare)
      return process
    },
    close: () => {
      closed = true
      waiting?.dismiss()
      // It may still be on its way out: it takes no order any more.
      waiting = undefined
    },
  }
}

interface Where {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** It is the same as long as this process lives. */
  readonly boot: string
}

/** Undefined when none can be started now: the command itself will say why, if it cannot either. */
function startWaiting({env, cwd, boot}: Where): Waiting | undefined {
  try {
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const
    const child = startProcess(['/bin/bash', '-c', WAITING, 'bash'], {cwd, env, stdio: [...stdio]})
    const orders = child.stdio[3] as Socket
    orders.on('error', () => {}) // a shell that died is known by its end
    child.unref()
    orders.unref()
    return {
      ...nameOf(child, boot),
      exited: endOf(child),
      take: order => {
        child.ref()
        orders.end(assignmentsOf(order))
      },
      dismiss: () => void orders.end(),
    }
  } catch {
    return undefined
  }
}

const fits = ({text, env, input}: CommandOrder): boolean =>
  input === undefined && Object.keys(env).length === 0 && text.length <= LONGEST_TEXT && !text.includes('\0')

/** An order as what a waiting shell reads. */
export function assignmentsOf({text, cwd, marks, spool}: CommandOrder): string {
  // The very files that are open here, whatever stands under their names by the time the shell opens them.
  const opened = (descriptor: number): string => `/proc/${process.pid}/fd/${descriptor}`
  const own = {exit: spool.exitFile, out: opened(spool.outFd), err: opened(spool.errFd), cwd, text}
  return [
    ...Object.entries(marks).map(([name, value]) => `export ${name}=${quotePosix(value)}`),
    ...Object.entries(own).map(([name, value]) => `__${name}=${quotePosix(value)}`),
    '# whole\n',
  ].join('\n')
}
