import {readFileSync} from 'node:fs'

/** Accounts of people begin here; those of the system below are in group 0 on some distributions. */
const FIRST_PERSON = 1000

/** What the system's own lists say of groups and accounts. */
export interface Accounts {
  readonly group: string
  readonly passwd: string
}

/**
 * Whether a group gives its rights to nobody but the owner: the group of root, and the group of one's own that many
 * systems make with each account, as long as nobody else was put into it, or has it as theirs.
 */
export function privateGroup(
  {uid, gid}: {readonly uid: number; readonly gid: number},
  accounts: Accounts = {group: read('/etc/group'), passwd: read('/etc/passwd')},
): boolean {
  return (gid === 0 || gid === uid) && !isShared(gid, uid, accounts)
}

function isShared(gid: number, uid: number, {group, passwd}: Accounts): boolean {
  const [name, , , members = ''] = rows(group).find(fields => fields[2] === String(gid)) ?? []
  if (members.split(',').some(member => member !== '' && member !== name && member !== 'root')) return true
  const own = new Set([0, uid, process.geteuid?.() ?? 0])
  return rows(passwd)
    .filter(fields => fields[3] === String(gid))
    .some(([, , account]) => !own.has(Number(account)) && (gid !== 0 || Number(account) >= FIRST_PERSON))
}

const rows = (text: string): readonly (readonly string[])[] => text.split('\n').map(line => line.split(':'))

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
