import {userInfo} from 'node:os'

/** Of this process; its number where it has no name. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.geteuid?.() ?? 0)
  }
}
