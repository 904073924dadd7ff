import {accessSync, constants, statSync} from 'node:fs'
import path from 'node:path'
import {accountName} from '../identity/account.ts'

/** The system says that this account may not, as opposed to: it is not there, or broken. */
export function isDenied(cause: unknown): boolean {
  const {code} = cause as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM'
}

/** Whose the file or directory is that shuts this account out, in words. */
export function whoseIs(file: string): string {
  try {
    const closed = firstClosed(path.resolve(file))
    const {uid, gid, mode} = statSync(closed)
    const octal = (mode & 0o7777).toString(8)
    return `${closed} belongs to ${accountName(uid)}, group ${gid}, mode ${octal}; you are ${accountName(process.geteuid?.() ?? -1)}`
  } catch {
    return `you are ${accountName(process.geteuid?.() ?? -1)}`
  }
}

/** The first on the way from the root that cannot be entered, or the file itself. */
function firstClosed(file: string): string {
  const parent = path.dirname(file)
  if (parent === file) return file
  const above = firstClosed(parent)
  if (above !== parent || !may(parent, constants.X_OK)) return above
  try {
    statSync(file)
    return file
  } catch {
    return parent
  }
}

function may(file: string, how: number): boolean {
  try {
    accessSync(file, how)
    return true
  } catch {
    return false
  }
}
