import {execFileSync} from 'node:child_process'
import {accessSync, constants} from 'node:fs'
import path from 'node:path'
import {childEnvironment} from './environment.ts'

const LONGEST_MS = 2000

/** Where the system keeps its own programs, whatever PATH says; the last is NixOS. */
const SYSTEM_PLACES = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin']

/** What a small program of the system answers at once; undefined when it does not. For the few questions that cannot wait their turn. */
export function askProgram(
  [program = '', ...args]: readonly string[],
  input = '',
  from: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  try {
    return execFileSync(program, args, {
      input,
      encoding: 'utf8',
      timeout: LONGEST_MS,
      env: childEnvironment(from),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  } catch {
    return undefined
  }
}

/** For what is evidence: the system's own program by its full path, and nothing of the environment reaches it. */
export function askSystem([name = '', ...args]: readonly string[], input = ''): string | undefined {
  const program = SYSTEM_PLACES.map(place => path.join(place, name)).find(isProgram)
  return program === undefined ? undefined : askProgram([program, ...args], input, {PATH: '/usr/bin:/bin', LC_ALL: 'C'})
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
