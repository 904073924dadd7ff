import {readdir, readFile, readlink, realpath} from 'node:fs/promises'
import path from 'node:path'
import {escapeLine} from '../../../text/escape.ts'
import {SIDE_FILES} from './file.ts'

/** Who has a file open, as far as this user may see. */
export interface Openers {
  /** `node (pid 1234)`. */
  readonly names: readonly string[]
  /** Processes of other users could not be looked at. */
  readonly unseen: boolean
}

/** Every process that has a SQLite file, or what lies beside it, open. */
export async function openersOf(file: string): Promise<Openers> {
  const real = await realpath(file).catch(() => path.resolve(file))
  const wanted = new Set([real, ...SIDE_FILES.map(ending => `${real}${ending}`)])
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
async function holds(pid: string, wanted: ReadonlySet<string>): Promise<boolean | undefined> {
  try {
    for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
      if (wanted.has(target)) return true
    }
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : false
  }
}

const nameOf = async (pid: string): Promise<string> =>
  (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process')).trim()
