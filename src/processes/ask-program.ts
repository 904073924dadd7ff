import {execFileSync} from 'node:child_process'
import {childEnvironment} from './environment.ts'

const LONGEST_MS = 2000

/** What a small program of the system answers at once; undefined when it does not. For the few questions that cannot wait their turn. */
export function askProgram([program = '', ...args]: readonly string[], input = ''): string | undefined {
  try {
    return execFileSync(program, args, {
      input,
      encoding: 'utf8',
      timeout: LONGEST_MS,
      env: childEnvironment(process.env),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  } catch {
    return undefined
  }
}
