import {OpsError} from '../errors.ts'

/**
 * What is kept of targets across processes, one JSON value each, where more than one process writes: each change sees the one
 * before it. It survives restarts and crashes.
 */
export interface Records {
  /** Undefined when nothing is kept. */
  read(target: string): unknown
  /** Replaces what is kept by what `next` makes of it, in one transaction, durable when it returns. */
  change<T>(target: string, next: (before: unknown) => {readonly kept: unknown; readonly result: T}): T
}

/** For facts, checks, guards and dry runs: what they would change is refused. */
export const readOnlyRecords = (records: Records): Records => ({
  read: target => records.read(target),
  change: target => {
    throw new OpsError(
      'runbook/invalid',
      `facts and checks only read, but this one wants to note something of ${target}`,
    )
  },
})

/** Records that end with their owner, for a program without a state directory and for tests. */
export function forgetfulRecords(): Records {
  const values = new Map<string, string>()
  const read = (target: string): unknown => {
    const text = values.get(target)
    return text === undefined ? undefined : (JSON.parse(text) as unknown)
  }
  return {
    read,
    change: (target, next) => {
      const {kept, result} = next(read(target))
      values.set(target, JSON.stringify(kept))
      return result
    },
  }
}
