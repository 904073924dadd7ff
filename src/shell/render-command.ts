import {quote} from 'zx/core'
import {OpsError} from '../errors.ts'
import {requireText} from './shell-of.ts'

/** The command line as bash will see it, every value quoted by zx; a list becomes several words. Raises on NUL, which no command line can hold. */
export function renderCommand(pieces: TemplateStringsArray, values: readonly unknown[]): string {
  requireText(pieces, values)
  return pieces
    .map((piece: string | undefined, index) => {
      if (piece === undefined)
        throw new OpsError('step/failed', 'a command has an escape that means nothing, such as \\u')
      if (index === values.length) return piece
      const value = values[index]
      return piece + (Array.isArray(value) ? value.map(item => quote(textOf(item))).join(' ') : quote(textOf(value)))
    })
    .join('')
}

/** As zx does it: the result of a command stands for what it printed, without the last line break. */
function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'stdout' in value && typeof value.stdout === 'string')
    return value.stdout.replace(/\n$/, '')
  return String(value)
}
