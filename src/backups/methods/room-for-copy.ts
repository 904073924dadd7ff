import {constants} from 'node:fs'
import {access, statfs} from 'node:fs/promises'
import {messageOf} from '../../errors.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {Misfit} from '../fit.ts'

/** One of the kind that no command of ours mends. */
export const misfit = (what: string): Misfit => ({what, commands: [], byGlobals: false})

/** Why a copy of so many bytes cannot be made in a directory. `kind` is what the copy is: a file or a directory. */
export async function roomForCopy(
  directory: string,
  {kind, bytes}: {readonly kind: 'file' | 'directory'; readonly bytes: number},
): Promise<readonly Misfit[]> {
  const misfits: Misfit[] = []
  await access(directory, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    misfits.push(misfit(`no ${kind} can be made in ${directory}: ${messageOf(error)}`))
  })
  const free = await statfs(directory).then(
    ({bavail, bsize}) => bavail * bsize,
    () => undefined,
  )
  if (free !== undefined && free < bytes)
    misfits.push(misfit(`${directory} has ${formatBytes(free)} free, and the copy has ${formatBytes(bytes)}`))
  return misfits
}
