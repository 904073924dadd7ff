import {readFileSync} from 'node:fs'

/** What a process calls itself, as in `ps`; undefined when it is gone. Daemons write their state there. */
export function processTitle(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return undefined
  }
}
