import {readFile} from 'node:fs/promises'

/** An operating system account that a daemon runs as. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * The first of `names` that exists on this machine, or undefined when we are not root and everything runs as
 * ourselves. Daemons never run as root: initdb refuses it, and the others have no need of it.
 */
export async function unprivileged(names: readonly string[]): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const known = parsePasswd(await readFile('/etc/passwd', 'utf8'))
  for (const name of names) {
    const account = known.get(name)
    if (account !== undefined && account.uid !== 0) return account
  }
  return undefined
}

export function parsePasswd(text: string): Map<string, Account> {
  const accounts = new Map<string, Account>()
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name && uid && gid) accounts.set(name, {name, uid: Number(uid), gid: Number(gid)})
  }
  return accounts
}
