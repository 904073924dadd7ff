import {OpsError} from '../errors.ts'
import {parseDuration} from '../units/duration.ts'

/** A duration as it was given, else the usual one, in milliseconds. Raises `usage/arguments`. */
export function timeOf(duration: string | undefined, usual: number): number {
  const ms = duration === undefined ? usual : parseDuration(duration)
  if (ms === undefined)
    throw new OpsError('usage/arguments', `${JSON.stringify(duration)} should be a duration such as 30s or 5m`)
  return ms
}
