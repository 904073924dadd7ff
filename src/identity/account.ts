import {userInfo} from 'node:os'
import {askSystem} from '../processes/ask-program.ts'

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

/** Of whoever is only in a directory that the system asks. */
const nameInDirectory = (uid: number): string | undefined => askSystem(['getent', 'passwd', String(uid)])?.split(':')[0]

/** `ada (uid 1000)`, for people. */
export function accountName(uid: number): string {
  const name = userName(uid)
  return name === undefined ? `uid ${uid}` : `${name} (uid ${uid})`
}
