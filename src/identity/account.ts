import {execFileSync} from 'node:child_process'
import {userInfo} from 'node:os'

/** The login name of a uid; undefined where the system knows none. */
export function userName(uid: number): string | undefined {
  return ownName(uid) ?? nameInDirectory(uid)
}

/** Without starting a program. An account of which the system has no entry makes `userInfo` fail. */
function ownName(uid: number): string | undefined {
  try {
    const own = userInfo()
    return own.uid === uid ? own.username : undefined
  } catch {
    return undefined
  }
}

function nameInDirectory(uid: number): string | undefined {
  try {
    return execFileSync('getent', ['passwd', String(uid)], {encoding: 'utf8', timeout: 2000}).split(':')[0]
  } catch {
    return undefined
  }
}

/** `ada (uid 1000)`, for people. */
export function accountName(uid: number): string {
  const name = userName(uid)
  return name === undefined ? `uid ${uid}` : `${name} (uid ${uid})`
}
