import {mkdirSync, statSync} from 'node:fs'
import path from 'node:path'
import {shareLikeParent} from './modes.ts'

/**
 * Makes a directory and what is missing above it, mode 700, or shared like the directory it is in. Level by level:
 * Node's own recursive mkdir never returns where a parent exists but takes no entries, such as /proc.
 */
export function makeDirectory(directory: string): void {
  const missing: string[] = []
  for (let at = path.resolve(directory); !tryMake(at); at = path.dirname(at)) missing.unshift(at)
  for (const level of missing) makeOne(level)
}

/** True when it is there now; false when its parent has to be made first. */
function tryMake(directory: string): boolean {
  try {
    makeOne(directory)
    return true
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(directory).isDirectory()) return true
    if (code === 'ENOENT' && path.dirname(directory) !== directory) return false
    throw error
  }
}

function makeOne(directory: string): void {
  mkdirSync(directory, {mode: 0o700})
  shareLikeParent(directory)
}
