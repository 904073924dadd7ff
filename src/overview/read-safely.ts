import {messageOf} from '../errors.ts'
import type {Snapshot} from './snapshot.ts'

/** A store that cannot be read right now leaves the last picture, with a notice that says so. */
export function readSafely(read: () => Snapshot, last: Snapshot | undefined): Snapshot {
  try {
    return read()
  } catch (error) {
    if (!last) throw error
    const known = new Date(last.at).toISOString()
    const text = `the state cannot be read: ${messageOf(error)}; this is what was known at ${known}`
    return {...last, notices: [{level: 'critical', text}]}
  }
}
