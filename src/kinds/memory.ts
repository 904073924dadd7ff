import {OpsError} from '../errors.ts'

/**
 * What our own last change left behind, one JSON value a target, so that it can be compared with what is there now. It
 * survives crashes and cannot be probed again, which is why it is not among the samples.
 */
export interface Memory {
  /** Undefined when nothing was left, or what was written cannot be read. */
  read(target: string): unknown
  /** Durable before it returns. */
  write(target: string, value: unknown): void
  /** When something was written of it last, milliseconds since the epoch; left out where nobody else would ask. */
  writtenAt?(target: string): number | undefined
}

/** For facts, checks, guards and dry runs: what they would write is refused. */
export const readOnlyMemory = (memory: Memory): Memory => ({
  read: target => memory.read(target),
  write: target => {
    throw new OpsError(
      'runbook/invalid',
      `facts and checks only read, but this one wants to note something of ${target}`,
    )
  },
})

/** A memory that ends with its owner, for a program without a state directory. */
export function forgetfulMemory(): Memory {
  const values = new Map<string, string>()
  return {
    read: target => {
      const text = values.get(target)
      return text === undefined ? undefined : (JSON.parse(text) as unknown)
    },
    write: (target, value) => void values.set(target, JSON.stringify(value)),
  }
}
