import {chmod, chown, mkdir, mkdtemp, realpath, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {Account} from './accounts.ts'

/** Unix socket paths hold 107 bytes; the longest of the lab is `/postgres/socket/.s.PGSQL.65535.lock`. */
const LONGEST_HOME = 70

/**
 * Where data and sockets go: the lab's directory, or a new one under the system's temporary directory when the
 * daemons' accounts cannot reach it (a state directory under /root) or its path is too long for a socket.
 */
export async function chooseHome(dir: string, accounts: readonly (Account | undefined)[]): Promise<string> {
  const reachable = await Promise.all(accounts.map(account => canReach(dir, account)))
  if (reachable.every(Boolean) && dir.length <= LONGEST_HOME) return dir
  const home = await mkdtemp(join(tmpdir(), 'opsconsole-lab-'))
  await chmod(home, 0o755)
  return home
}

/** Whether the account may enter every directory up to `path`. */
export async function canReach(path: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true
  for (let directory = await realpath(path); ; directory = dirname(directory)) {
    if (!allows(await stat(directory), account, 0o1)) return false
    if (directory === dirname(directory)) return true
  }
}

/** Whether the account may read a file and reach it. */
export async function canRead(file: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true
  const path = await realpath(file)
  return (await canReach(dirname(path), account)) && allows(await stat(path), account, 0o4)
}

function allows(entry: {mode: number; uid: number; gid: number}, account: Account, bit: number): boolean {
  if (entry.uid === account.uid) return (entry.mode & (bit << 6)) !== 0
  if (entry.gid === account.gid) return (entry.mode & (bit << 3)) !== 0
  return (entry.mode & bit) !== 0
}

/** A directory that only the account can use. */
export async function ownedDirectory(path: string, account: Account | undefined, mode = 0o700): Promise<void> {
  await mkdir(path, {recursive: true})
  await chmod(path, mode)
  if (account !== undefined) await chown(path, account.uid, account.gid)
}
