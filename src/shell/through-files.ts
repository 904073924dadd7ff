import {randomBytes} from 'node:crypto'
import {readFileSync, rmSync} from 'node:fs'
import path from 'node:path'
import type {Exec} from '../processes/exec.ts'

const INTO_FILES = 'umask 077; set -C; exec "$@" >"$0.out" 2>"$0.err" </dev/null'

/**
 * Runs programs with their output in files of this directory, gone afterwards. A shared connection of ssh is handed the
 * output of everything that goes over it, and when it hangs it keeps a pipe open long after its reader should have
 * had an answer; nobody waits for the end of a file.
 */
export function throughFiles(exec: Exec, directory: string): Exec {
  return async (argv, options) => {
    const base = path.join(directory, `ask-${randomBytes(6).toString('hex')}`)
    try {
      const result = await exec(['/bin/sh', '-c', INTO_FILES, base, ...argv], options)
      return {...result, stdout: readFileSync(`${base}.out`, 'utf8'), stderr: readFileSync(`${base}.err`, 'utf8')}
    } finally {
      for (const end of ['out', 'err']) rmSync(`${base}.${end}`, {force: true})
    }
  }
}
