/** What a command printed and how it ended: zx's ProcessOutput. */
export type {ProcessOutput} from 'zx/core'
import type {ProcessOutput} from 'zx/core'

/** A started command. Await it for its output; `nothrow()` accepts any exit code, `quiet()` keeps it off the screen. */
export interface ShellCommand extends Promise<ProcessOutput> {
  nothrow(): ShellCommand
  quiet(): ShellCommand
}

/** A secret in a command's environment: `$({env: {PGPASSWORD: x}})`, never in its arguments. */
export interface ShellOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  readonly nothrow?: boolean
  /** Stands before every line that is shown, for commands that run side by side: `web-1: …`. */
  readonly label?: string
  /** Gives the command a terminal of its own (util-linux `script`): for programs that refuse to work without one. */
  readonly pty?: boolean
  /** Reads only: also runs in a dry run and while planning. */
  readonly reads?: boolean
}

export interface Shell {
  (pieces: TemplateStringsArray, ...values: unknown[]): ShellCommand
  (options: ShellOptions): Shell
}
