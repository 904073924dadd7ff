/** Major and minor of the versions that a restore has to do with; 0.0 for one that is not known. */
export interface RedisVersions {
  /** What the backup was taken from. */
  readonly backup: string
  /** The program of the scratch server that reads the RDB, and its name. */
  readonly local: string
  readonly program: string
  /** The server that is filled; left out for a drill. */
  readonly target?: string
}

/** The first whose times to live can be read to the millisecond (PEXPIRETIME); a restore that moves them by one is not equal. */
const LEAST = '7.0'

/** What stands in the way of a restore, or of a drill. Pure. An older Redis does not read what a newer one wrote; the same series does. */
export function versionFaults({backup, local, program, target}: RedisVersions): readonly string[] {
  const faults = isOlder(local, backup) ? [`${program} is ${local}, older than the Redis ${backup} of the backup`] : []
  if (target === undefined) return faults
  if (isOlder(local, LEAST))
    faults.push(`${program} is ${local}: a restore into a server needs Redis 7 here, which gives times to live exactly`)
  if (isOlder(target, backup)) faults.push(`it is ${target}, older than the Redis ${backup} of the backup`)
  else if (isOlder(target, local))
    faults.push(`it is ${target}, and does not read what ${program} ${local} writes: fill one of that series or newer`)
  return faults
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wanted = 0, wantedMinor = 0] = than.split('.').map(Number)
  return major < wanted || (major === wanted && minor < wantedMinor)
}
