import {lstatSync, readlinkSync, type Stats} from 'node:fs'
import path from 'node:path'
import {isDenied} from '../files/denied.ts'
import {accountName} from '../identity/account.ts'
import {privateGroup} from './private-group.ts'

/** Whose files are believed, as ssh and git ask it. */
export interface TrustPolicy {
  /** Accounts whose files may say what runs here. */
  readonly owners: ReadonlySet<number>
  /** Groups of this process, for directories that a team shares. */
  readonly groups: ReadonlySet<number>
  /** A directory that a person said to trust, with all that is in it. */
  readonly isTrusted: (directory: string, found: Stats) => boolean
}

export interface Distrust {
  /** What is wrong: the file itself, a directory above it, or a link on the way. */
  readonly path: string
  /** `belongs to grace (uid 1002)`, `is world-writable (mode 777)` */
  readonly reason: string
  /** Whether taking rights away is enough. */
  readonly fix: 'owner' | 'mode'
}

const MOST_LINKS = 40

/**
 * Why a file or directory must not be believed: on the way to it, level by level from the root, somebody else owns or
 * may replace something. A link is judged by its own owner first, then by the way to what it names. What is not there
 * is judged as far as the way goes.
 */
export function whyDistrusted(file: string, policy: TrustPolicy, sharing = false): Distrust | undefined {
  const rest = partsOf(path.resolve(file))
  let here = '/'
  let links = 0
  let vouched = policy.isTrusted(here, lstatSync(here))
  let fault: Distrust | undefined
  const again = (way: string): void => {
    rest.unshift(...partsOf(way))
    here = '/'
    vouched = policy.isTrusted(here, lstatSync(here))
  }
  while (rest.length > 0) {
    const name = rest.shift() as string
    // As the system goes it, which need not be what the text says where links are on the way.
    if (name === '..') {
      again(path.dirname(here))
      continue
    }
    const next = path.join(here, name)
    const found = statOf(next)
    if (!found) return fault
    if (policy.isTrusted(next, found)) {
      vouched = true
      fault = undefined
    }
    if (!vouched) fault ??= faultOf(next, found, policy, {last: rest.length === 0, sharing})
    if (!found.isSymbolicLink()) {
      here = next
      continue
    }
    if (fault) return fault
    if ((links += 1) > MOST_LINKS) return {path: next, reason: 'is a link in a circle', fix: 'owner'}
    // What a directory holds is vouched for, not what it points to: the way to that is judged from the root.
    const target = readlinkSync(next)
    again(path.isAbsolute(target) ? target : `${here}/${target}`)
  }
  return fault
}

/** Undefined: not there, or this account may not see it; whoever opens it says so in better words. */
function statOf(file: string): Stats | undefined {
  try {
    return lstatSync(file, {throwIfNoEntry: false})
  } catch (error) {
    if (isDenied(error)) return undefined
    throw error
  }
}

const partsOf = (file: string): string[] => file.split('/').filter(part => part !== '' && part !== '.')

function faultOf(
  file: string,
  found: Stats,
  {owners, groups}: TrustPolicy,
  {last, sharing}: {readonly last: boolean; readonly sharing: boolean},
): Distrust | undefined {
  // A team's directory. Whoever is in its group may write there, so which of them made it says nothing more.
  const team = last && sharing && (found.mode & 0o2077) === 0o2070
  if (team && (owners.has(found.uid) || groups.has(found.gid))) return undefined
  if (!owners.has(found.uid)) return {path: file, reason: `belongs to ${accountName(found.uid)}`, fix: 'owner'}
  if (found.isSymbolicLink()) return undefined
  // In /tmp and its like nobody can replace what is another's; what one finds there is judged by its own owner.
  if (!last && found.isDirectory() && (found.mode & 0o1000) !== 0) return undefined
  const mode = (found.mode & 0o7777).toString(8)
  if ((found.mode & 0o002) !== 0) return {path: file, reason: `is world-writable (mode ${mode})`, fix: 'mode'}
  if ((found.mode & 0o020) === 0 || privateGroup(found)) return undefined
  return {path: file, reason: `is writable by group ${found.gid} (mode ${mode})`, fix: 'mode'}
}
