import {type BigIntStats, fstatSync, lstatSync, statSync} from 'node:fs'
import path from 'node:path'
import {modesIn} from '../files/modes.ts'
import {stateError} from './state-error.ts'

/** Why a path is not where the trail may be: what stands there is no file of ours. Undefined: it may, also when nothing is there yet. */
export function whyNotOurs(file: string, isBeingSealed = (): boolean => false): string | undefined {
  const here = statsOf(file)
  if (!here) return undefined
  if (here.isSymbolicLink()) return `${file} is a symbolic link`
  if (!here.isFile()) return `${file} is no file`
  if (here.nlink > 1n && !isBeingSealed()) return `${file} has a second name: a hard link points to it`
  return isOwn(file, Number(here.uid)) ? undefined : `${file} belongs to somebody else (uid ${here.uid})`
}

/** Of the file itself, where there is one: a path that leads through a file leads nowhere. */
export function statsOf(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, {bigint: true, throwIfNoEntry: false})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw stateError('read', file, error)
  }
}

/** Ours, root's, or that of whoever the directory belongs to; in a directory of a group, anybody's in it. */
function isOwn(file: string, uid: number): boolean {
  const directory = path.dirname(file)
  return uid === process.geteuid?.() || uid === 0 || uid === statSync(directory).uid || modesIn(directory).shared
}

/** Why the open file is not the one that its path leads to. */
export function whyMoved(file: string, descriptor: number): string | undefined {
  const open = fstatSync(descriptor, {bigint: true})
  const here = lstatSync(file, {bigint: true, throwIfNoEntry: false})
  if (!here) return `${file} was deleted or moved away`
  if (here.isSymbolicLink()) return `${file} is a symbolic link`
  if (here.dev !== open.dev || here.ino !== open.ino) return `${file} was replaced by another file`
  return open.nlink === 1n ? undefined : `${file} has a second name: a hard link points to it`
}

/** What tells a file apart from itself at any other time, as far as the kernel notes it. */
export const stampOf = ({dev, ino, size, ctimeNs}: BigIntStats): string => `${dev} ${ino} ${size} ${ctimeNs}`

/** The same of what a path leads to itself; undefined when that is nothing. */
export function stampAt(file: string): string | undefined {
  const here = statsOf(file)
  return here && stampOf(here)
}
