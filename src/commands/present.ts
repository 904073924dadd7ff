import {messageOf, type OpsError} from '../errors.ts'

/** An error for people: what happened, why, what next. */
export function errorText(error: OpsError): string {
  if (error.kind === 'bug') {
    const stack = error.cause instanceof Error ? error.cause.stack : error.stack
    return `opsconsole has a defect: ${error.message}\n${stack ?? ''}\nPlease report this, with what you did.`
  }
  const cause =
    error.cause instanceof Error && !error.message.includes(messageOf(error.cause))
      ? `\n  because: ${messageOf(error.cause)}`
      : ''
  const hint = error.hint === undefined ? '' : `\n  ${error.hint}`
  return `${error.kind === 'cancelled' ? '' : 'error: '}${error.message}${cause}${hint} [${error.code}]`
}
