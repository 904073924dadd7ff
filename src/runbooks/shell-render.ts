import {$ as zx} from 'zx/core'
import {requireText} from './shell-tag.ts'

/** The command line as bash will see it, every value quoted by zx. Raises on NUL, which no command line can hold. */
export function renderCommand(pieces: TemplateStringsArray, values: readonly unknown[]): string {
  requireText(values)
  const command = zx({halt: true, quiet: true, verbose: false})(pieces, ...values)
  // Halted commands never settle on their own.
  command.catch(() => {})
  return command.cmd
}
