import type {Info} from '../connections/redis-info.ts'

/**
 * Reading a time to live or a published counter is a hit for the server (PTTL, PEXPIRETIME, SUBSTR, EXISTS, TYPE and
 * OBJECT are; MEMORY USAGE, SCAN and RANDOMKEY are not; measured on Redis 7.0). The console looks keys up with commands
 * that applications do not use, and only keys that are there. So the server's own statistics of commands say exactly how
 * many hits are ours: of this process and every other one, on every host, since the same moment as its hits.
 */
export interface OwnWork {
  /** Hits that are ours. */
  readonly lookups: number
  /** Commands that are ours, or that nobody's work is done with. */
  readonly commands: number
  /** False: an application may look keys up with these commands as well. */
  readonly exact: boolean
}

/** From which version a server knows PEXPIRETIME. */
const EXPIRY_SINCE = 7

export const knowsExpiry = (version: string | undefined): boolean => Number.parseInt(version ?? '', 10) >= EXPIRY_SINCE

/**
 * They ask about a server or walk over its keys, or open a connection. Whoever sends them, they are no work on a key, and
 * the console sends nothing else but lookups of its own, scripts, and the UNLINK that somebody ordered.
 */
const NO_WORK: ReadonlySet<string> = new Set(
  'auth client cluster command config dbsize hello info memory ping psync randomkey replconf scan select slowlog time'.split(
    ' ',
  ),
)
/** Keys that one call of our script draws (`count.ts`); no application draws keys at random for its work. */
export const DRAWN_A_CALL = 50

/** Undefined: this server does not tell, or it is not known what it counts. */
export function ownWork(info: Info): OwnWork | undefined {
  if (info.has('dragonfly_version')) return undefined
  const calls = callsIn(info)
  if (calls.size === 0) return undefined
  const of = (command: string): number => calls.get(command) ?? 0
  const exact = knowsExpiry(info.get('redis_version'))
  const lookups = of(exact ? 'pexpiretime' : 'pttl') + of('substr')
  const idle = [...NO_WORK].reduce((sum, command) => sum + of(command), 0)
  return {lookups, commands: idle + lookups + Math.ceil(of('randomkey') / DRAWN_A_CALL), exact}
}

/** By command, its subcommands together. */
function callsIn(info: Info): ReadonlyMap<string, number> {
  const calls = new Map<string, number>()
  for (const [name, value] of info) {
    const command = /^cmdstat_([^|]+)/.exec(name)?.[1]
    if (command === undefined) continue
    calls.set(command, (calls.get(command) ?? 0) + Number(/(?:^|,)calls=(\d+)/.exec(value)?.[1] ?? 0))
  }
  return calls
}
