import {constants, type Stats} from 'node:fs'
import {access, lstat, realpath, stat} from 'node:fs/promises'
import path from 'node:path'
import type {Fit} from '../../fit.ts'
import type {ResticManifest} from '../../manifest.ts'
import type {CopyPlace} from '../method.ts'
import {findOpeners, type Openers} from '../openers.ts'
import {misfit, roomForCopy} from '../room-for-copy.ts'
import {userName} from '../user-name.ts'

/** What a restored tree is compared with lies beside it, until it is swapped or removed. */
export const listBeside = (copy: string): string => `${copy}.list`
/** What restic is writing; it makes all directories from the root on. */
export const partBeside = (copy: string): string => `${copy}.part`

/** Every process that is at work in a directory. */
export async function openersBelow(directory: string): Promise<Openers> {
  const real = await realpath(directory).catch(() => path.resolve(directory))
  return findOpeners(target => target === real || target.startsWith(`${real}/`))
}

/** What is wrong with a directory that is to be copied; undefined when nothing is. */
export async function directoryFault(directory: string): Promise<string | undefined> {
  try {
    if (!(await stat(directory)).isDirectory()) return `${directory} is not a directory`
    await access(directory, constants.R_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return `there is no directory ${directory}`
    return code === 'EACCES' ? `${directory} may not be read by this user` : `${directory} cannot be read: ${code}`
  }
}

/** Whether a copy can be made and swapped there. Changes nothing. */
export async function fitDirectory(
  of: ResticManifest,
  directory: string,
  {scratch}: Pick<CopyPlace, 'scratch'>,
): Promise<Fit> {
  const parent = scratch?.directory ?? path.dirname(directory)
  const misfits = [...(await roomForCopy(parent, {kind: 'directory', bytes: of.databaseBytes}))]
  const openers = scratch === undefined ? await openersBelow(directory) : {names: [], unseen: false}
  if (openers.names.length > 0)
    misfits.push(misfit(`${path.basename(directory)} is in use by ${openers.names.join(', ')}: stop its service first`))
  if (scratch === undefined && (await isFixed(directory, parent)))
    misfits.push(
      misfit(`${directory} is a link or the root of a file system: a directory cannot take its place by its name`),
    )
  const notes = [
    ...(openers.unseen
      ? ['whether processes of other users are at work in it cannot be seen by this user: its service must be stopped']
      : []),
    ...(process.getuid?.() === 0
      ? []
      : ['files of other users are restored as those of this one: only root can give them away']),
  ]
  return {as: `user ${userName()}`, where: `directory ${parent}`, misfits, notes}
}

/** A rename cannot replace what is mounted, and would replace the link instead of what it points to. */
async function isFixed(directory: string, parent: string): Promise<boolean> {
  const look = (file: string): Promise<Stats | undefined> => lstat(file).catch(() => undefined)
  const [own, above] = [await look(directory), await look(parent)]
  return own !== undefined && (own.isSymbolicLink() || own.dev !== above?.dev)
}
