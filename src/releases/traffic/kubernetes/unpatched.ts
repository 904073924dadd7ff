import {messageOf, OpsError} from '../../../errors.ts'

/** What kubectl says no to is refused. One that was stopped before it said anything may have been heard. */
export function unpatched(cause: unknown): OpsError {
  const isUnknown = cause instanceof OpsError && cause.code === 'process/timeout'
  return new OpsError(
    'traffic/refused',
    isUnknown
      ? `whether the cluster did it is not known: ${messageOf(cause)}`
      : `the cluster refused it: ${messageOf(cause)}`,
    {cause, hint: 'Earlier patches of the same step may have taken effect.'},
  )
}
