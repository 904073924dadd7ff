import {chmod, chown, mkdir, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Account} from '../../src/lab/accounts.ts'

/** A new directory under the system's temporary directory that every account may enter. */
export async function scratchDirectory(prefix: string): Promise<{dir: string; remove(): Promise<void>}> {
  const dir = await mkdtemp(join(tmpdir(), `opsconsole-${prefix}-`))
  await chmod(dir, 0o755)
  return {dir, remove: () => rm(dir, {recursive: true, force: true})}
}

/** A directory inside it that belongs to the account a daemon runs as. */
export async function ownedDirectory(path: string, account: Account | undefined): Promise<string> {
  await mkdir(path, {recursive: true, mode: 0o700})
  if (account !== undefined) await chown(path, account.uid, account.gid)
  return path
}
