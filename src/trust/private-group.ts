import {readFileSync} from 'node:fs'

/**
 * Whether a group gives its rights to nobody but the owner: the group of root, and the group of one's own that many
 * systems make with each account, as long as nobody else was put into it.
 */
export function privateGroup({uid, gid}: {readonly uid: number; readonly gid: number}): boolean {
  if (gid === 0) return true
  return gid === uid && othersIn(gid).length === 0
}

/** Members that the system's own list names besides the account whose group it is. */
function othersIn(gid: number): readonly string[] {
  try {
    const entry = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map(line => line.split(':'))
      .find(fields => fields[2] === String(gid))
    const [name, , , members = ''] = entry ?? []
    return members.split(',').filter(member => member !== '' && member !== name)
  } catch {
    return []
  }
}
