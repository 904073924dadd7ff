import {messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'

/** What the place that was filled lacked, or who was gone: it says nothing about the backup. */
const WORLD =
  /no space left|could not extend|disk quota|out of memory|too many connections|connection .*(refused|lost|reset|closed)|server closed the connection|terminating connection|was killed by|database system is/i

/** The first line of a program's words that says what went wrong, without the program's name before it. */
export function restoreFault(cause: unknown): string {
  const text = messageOf(cause)
  const error = /(?:ERROR|FATAL|PANIC): +([^|\n]+)/.exec(text)
  return escapeLine((error?.[1] ?? text).trim(), 300)
}

/** Whether a failed restore says something about the backup itself, and not about the place or an abort. */
export const blamesBackup = (cause: unknown): boolean =>
  cause instanceof OpsError &&
  (cause.code === 'backup/damaged' || (cause.code === 'backup/restore' && !WORLD.test(messageOf(cause))))
