import {readdir, readFile, readlink} from 'node:fs/promises'
import {escapeLine} from '../../text/escape.ts'

/** Who has something open, as far as this user may see. */
export interface Openers {
  /** `node (pid 1234)`. */
  readonly names: readonly string[]
  /** Processes of other users could not be looked at. */
  readonly unseen: boolean
}

/** Every other process that has a file open, or its working directory, where `wanted` says so of the path. */
export async function findOpeners(wanted: (target: string) => boolean): Promise<Openers> {
  const pids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name))
  const names: string[] = []
  let unseen = false
  for (const pid of pids) {
    if (pid === String(process.pid)) continue
    const found = await holds(pid, wanted)
    if (found === undefined) unseen = true
    else if (found) names.push(`${escapeLine(await nameOf(pid), 40)} (pid ${pid})`)
  }
  return {names, unseen}
}

/** Undefined when this user may not see. */
async function holds(pid: string, wanted: (target: string) => boolean): Promise<boolean | undefined> {
  try {
    const descriptors = (await readdir(`/proc/${pid}/fd`)).map(descriptor => `fd/${descriptor}`)
    for (const link of ['cwd', ...descriptors])
      if (wanted(await readlink(`/proc/${pid}/${link}`).catch(() => ''))) return true
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : false
  }
}

const nameOf = async (pid: string): Promise<string> =>
  (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process')).trim()
