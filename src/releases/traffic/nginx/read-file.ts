import {realpath, stat} from 'node:fs/promises'
import {messageOf, OpsError} from '../../../errors.ts'
import {readBoundedSoon} from '../../../files/bounded-file.ts'
import {readPending} from './pending.ts'
import type {Workers} from './workers.ts'

/** Clocks of files and of processes differ by their grain. */
const GRAIN_MS = 100

export interface UpstreamFile {
  /** Where it really is: a link stays a link. */
  readonly file: string
  /** Its bytes, one a character. */
  readonly text: string
  /** The text that the workers have read; undefined: an edit of somebody else's was not reloaded, and nobody can tell. */
  readonly inForce: string | undefined
}

/** Raises `traffic/unreachable`. */
export async function readUpstreamFile(given: string, {since}: Pick<Workers, 'since'>): Promise<UpstreamFile> {
  try {
    const file = await realpath(given)
    // Of the inode: the time of the text itself is what `cp -p` and rsync say it is.
    const {ctimeMs} = await stat(file)
    const text = (await readBoundedSoon(file)).toString('latin1')
    if (since !== undefined && since >= ctimeMs - GRAIN_MS) return {file, text, inForce: text}
    const pending = await readPending(file)
    const isOurs = pending?.written === text && since !== undefined && since < pending.at
    return {file, text, inForce: isOurs ? pending.inForce : undefined}
  } catch (cause) {
    throw new OpsError('traffic/unreachable', `the upstream file cannot be read: ${messageOf(cause)}`, {cause})
  }
}
