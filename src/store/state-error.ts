import {type ErrorCode, messageOf, OpsError} from '../errors.ts'
import {isDenied, whoseIs} from '../files/denied.ts'

const SHARE =
  'Act as an account that may write to the state directory, or let its owner share it with a group: "A team on one host" in docs/security.md.'

const SQLITE_FULL = 13

/** Why a file of the state cannot be used, in the words of what is wrong with it: no space, not allowed, or `otherwise`. */
export function stateError(
  doing: string,
  file: string,
  cause: unknown,
  otherwise: {readonly code: ErrorCode; readonly hint?: string} = {code: 'state/unwritable'},
): OpsError {
  const {code, errcode} = cause as NodeJS.ErrnoException & {readonly errcode?: number}
  if (code === 'ENOSPC' || code === 'EDQUOT' || errcode === SQLITE_FULL)
    return new OpsError('state/full', `cannot ${doing} ${file}: no space left`, {
      cause,
      hint: 'Free some space; nothing that was acknowledged is lost.',
    })
  if (isDenied(cause))
    return new OpsError('state/unwritable', `cannot ${doing} ${file}: not permitted. ${whoseIs(file)}`, {
      cause,
      hint: SHARE,
    })
  return new OpsError(otherwise.code, `cannot ${doing} ${file}: ${messageOf(cause)}`, {
    cause,
    ...(otherwise.hint === undefined ? {} : {hint: otherwise.hint}),
  })
}

export const ANOTHER_DIRECTORY = {
  code: 'state/unwritable',
  hint: 'Set OPSCONSOLE_STATE_DIR to a directory you can write.',
} as const
