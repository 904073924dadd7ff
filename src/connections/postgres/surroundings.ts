import {homedir, userInfo} from 'node:os'

/** What besides the connection string has a say, as in every program that uses libpq. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** Who runs this process: the role's name when none is given. */
  readonly account: string
}

/** Of this process, now: a variable or a file that changed counts at the next connection. */
export function surroundings(): Surroundings {
  return {env: process.env, home: process.env['HOME'] || homedir(), account: accountName()}
}

function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that no account has.
    return ''
  }
}
