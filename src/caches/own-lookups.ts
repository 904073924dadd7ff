import type {Info} from '../connections/redis-info.ts'

/**
 * Reading a time to live or a published counter is a hit for the server (PTTL, PEXPIRETIME, SUBSTR, EXISTS, TYPE and
 * OBJECT are; MEMORY USAGE, SCAN and RANDOMKEY are not; measured on Redis 7.0). The console probes keys up with commands
 * that applications do not use, and only keys that are there. So the server's own statistics of commands say exactly how
 * many hits are ours: of this process and every other one, on every host, since the same moment as its hits.
 */
export interface OwnLookups {
  readonly calls: number
  /** False: an application may use these commands as well. */
  readonly exact: boolean
}

/** From which version a server knows PEXPIRETIME. */
const EXPIRY_SINCE = 7

export const knowsExpiry = (version: string | undefined): boolean => Number.parseInt(version ?? '', 10) >= EXPIRY_SINCE

/** Undefined: this server does not tell, or it is not known what it counts. */
export function ownLookups(info: Info): OwnLookups | undefined {
  if (info.has('dragonfly_version')) return undefined
  if (![...info.keys()].some(name => name.startsWith('cmdstat_'))) return undefined
  const exact = knowsExpiry(info.get('redis_version'))
  return {calls: callsOf(info, exact ? 'pexpiretime' : 'pttl') + callsOf(info, 'substr'), exact}
}

const callsOf = (info: Info, command: string): number =>
  Number(/(?:^|,)calls=(\d+)/.exec(info.get(`cmdstat_${command}`) ?? '')?.[1] ?? 0)
