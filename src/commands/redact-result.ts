import type {CommandResult} from './command.ts'
import {messageOf, OpsError} from '../errors.ts'
import {mapStrings} from '../text/map-strings.ts'
import type {Redactor} from '../text/redact.ts'

/** What a command returns, without any value that is known as a secret by then. */
export function redactResult(result: CommandResult, redactor: Redactor): CommandResult {
  if (redactor.size === 0) return result
  const redact = (text: string): string => redactor.redact(text)
  return {...result, data: mapStrings(result.data, redact), text: redact(result.text)}
}

/** The same for what it raised, with the causes, which are shown as well. */
export function redactError(error: unknown, redactor: Redactor): unknown {
  if (redactor.size === 0 || !(error instanceof OpsError)) return error
  const redact = (text: string): string => redactor.redact(text)
  const {code, hint, cause} = error
  return new OpsError(code, redact(error.message), {
    ...(hint === undefined ? {} : {hint: redact(hint)}),
    ...(cause instanceof Error ? {cause: new Error(redact(messageOf(cause)))} : {}),
  })
}
