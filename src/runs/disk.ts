import {statfsSync} from 'node:fs'
import {OpsError} from '../errors.ts'

/** Less than this, and neither a record nor a log line of a run has room. */
const NEEDED = 64 << 10

/** What is wrong with the disk under the state directory, in words; undefined when nothing is. */
export function diskTrouble(stateDir: string): string | undefined {
  try {
    const {bavail, bsize} = statfsSync(stateDir)
    return bavail * bsize < NEEDED ? `the disk under ${stateDir} is full` : undefined
  } catch {
    return undefined
  }
}

/** A runner that dies of a full disk cannot write why: whoever waited for it looks. */
export async function orDiskFull<T>(stateDir: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const trouble = diskTrouble(stateDir)
    if (trouble === undefined || !(cause instanceof OpsError) || cause.code !== 'process/failed') throw cause
    throw new OpsError('state/full', `${trouble}, so the run did not start`, {
      cause,
      hint: 'Make room; nothing was touched.',
    })
  }
}
