import type {ProcessOutput} from 'zx/core'
import {OpsError} from '../errors.ts'
import type {Remote} from './remote.ts'
import type {Shell, ShellCommand, ShellOptions} from './shell.ts'

export type CommandOptions = ShellOptions & {readonly quiet?: boolean; readonly remote?: Remote}

/** The `$` that runbooks write, over whatever carries a command out: a process, a printer, a test. */
export function shellOf(
  render: (pieces: TemplateStringsArray, values: readonly unknown[]) => string,
  carryOut: (text: string, options: CommandOptions) => Promise<ProcessOutput>,
  defaults: ShellOptions = {},
): Shell {
  const shell = (first: TemplateStringsArray | ShellOptions, ...values: unknown[]): ShellCommand | Shell => {
    if (!isTemplate(first))
      return shellOf(render, carryOut, {...defaults, ...first, env: {...defaults.env, ...first.env}})
    return startSoon(carryOut, render(first, values), {...defaults})
  }
  return shell as Shell
}

const isTemplate = (value: TemplateStringsArray | ShellOptions): value is TemplateStringsArray => Array.isArray(value)

/** `${dir}/data` with an empty dir is /data: nobody means that. */
function requireNoRoot(value: unknown, [before, after]: readonly [string, string]): void {
  if (value !== '' || !after.startsWith('/') || !/(?:^|[\s=:])$/.test(before)) return
  const path = /^[^\s;|&]*/.exec(after)?.[0] ?? after
  throw new OpsError(
    'step/failed',
    `a command was given an empty value before ${path}, which would name ${path} itself`,
  )
}

const isNothing = (value: unknown): boolean => value === undefined || value === null

/** Raises on what no command line can hold, or nobody can mean. */
export function requireText(pieces: readonly string[], values: readonly unknown[]): void {
  for (const [index, value] of values.entries()) requireNoRoot(value, [pieces[index] ?? '', pieces[index + 1] ?? ''])
  for (const value of values.flat()) {
    if (isNothing(value))
      throw new OpsError('step/failed', `a command was given ${String(value)}: leave the value out, or say what it is`)
    if (typeof value === 'object' && value !== null && 'then' in value)
      throw new OpsError('step/failed', 'a command was given a promise: await the value first')
    if (String(value).includes('\0'))
      throw new OpsError(
        'step/failed',
        'a command was given a value with a NUL character, which no command line can hold',
      )
  }
}

/** zx's behaviour: modifiers may follow in the same turn, the command starts right after it. */
function startSoon(
  carryOut: (text: string, options: CommandOptions) => Promise<ProcessOutput>,
  text: string,
  options: {-readonly [Key in keyof CommandOptions]: CommandOptions[Key]},
): ShellCommand {
  const started = Promise.resolve().then(() => carryOut(text, options))
  const command: ShellCommand = Object.assign(new StartedCommand(resolve => resolve(started)), {
    nothrow: () => {
      options.nothrow = true
      return command
    },
    quiet: () => {
      options.quiet = true
      return command
    },
  })
  // A forgotten `await` must not end the runner by an unhandled rejection: `unfinished.ts` looks after it.
  started.catch(() => {})
  return command
}

/** Knows whether somebody waits for it. `await` calls `then` only of what is not a plain promise. */
export class StartedCommand extends Promise<ProcessOutput> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }
  awaited = false
  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise already
  override then<Done = ProcessOutput, Failed = never>(
    done?: ((output: ProcessOutput) => Done | PromiseLike<Done>) | null,
    failed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    this.awaited = true
    return super.then(done, failed)
  }
}
