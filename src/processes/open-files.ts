import {readFileSync} from 'node:fs'

/** What most systems give a process that nobody thought of. */
const USUAL = 1024

/** How many files and connections this process may have open at once. Node has raised it as far as it may. */
export function openFilesLimit(read = (): string => readFileSync('/proc/self/limits', 'utf8')): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(read()) ?? []
    return soft === undefined ? USUAL : Number(soft)
  } catch {
    return USUAL
  }
}
