import {parseLsn} from './wal/segment.ts'

/** What the live server says of one connection that takes its log; null where the role may not see it. */
export interface LogStream {
  readonly name: string | null
  /** `streaming`, `catchup`, `startup`. */
  readonly state: string | null
  /** `sync`: commits wait for it. `quorum`: for some of several. */
  readonly sync: string | null
  /** Up to where it has the log on its disk; null where it does not tell. */
  readonly flushed: string | null
}

/** What the live server says of all of them. */
export interface LogStreams {
  /** Up to where the server has its log on its own disk. */
  readonly end: string
  /** `synchronous_commit`, as a new session of this role has it. */
  readonly commits: string
  /** Whether the role may see more than their names. */
  readonly seen: boolean
  readonly streams: readonly LogStream[]
}

/** A receiver of the log that the configuration names, as it was last seen. */
export interface Receiver {
  readonly name: string
  readonly state: 'waited for' | 'following' | 'not connected' | 'not seen' | 'no flush told'
  /** What the server has on its disk and the receiver has not; undefined when nobody tells. */
  readonly behindBytes: number | undefined
  /** What would be lost with the server, if this receiver were all that is left; undefined when that is not known. */
  readonly lossMs: number | undefined
  /** Why it does not protect what it was named for; left out when it does. */
  readonly fault?: string
}

/** Commits wait until it is on the receiver's disk; with `remote_write` a receiver that fails as well loses it. */
const WAITS = new Set(['on', 'remote_apply'])

/**
 * Each receiver that is named, in that order. Nothing is taken for granted: what is not seen, or not told, counts as
 * nothing. `endedBefore` says when the server's log was known to end at or before a position. Pure.
 */
export function receiversOf(
  names: readonly string[],
  log: LogStreams,
  now: number,
  endedBefore: (position: bigint) => number | undefined,
): readonly Receiver[] {
  return names.map(name => {
    const own = log.streams.filter(stream => stream.name === name)
    const unknown = (state: Receiver['state']): Receiver => ({
      name,
      state,
      behindBytes: undefined,
      lossMs: undefined,
      ...faultOf(name, state),
    })
    if (own.length === 0) return unknown('not connected')
    if (!log.seen) return unknown('not seen')
    // Of one that has just come again the server may still have the connection before.
    const flushed = own.flatMap(stream => parseLsn(stream.flushed ?? '') ?? []).reduce(later, undefined)
    const end = parseLsn(log.end)
    if (flushed === undefined || end === undefined) return unknown('no flush told')
    const behind = end > flushed ? end - flushed : 0n
    const waited = WAITS.has(log.commits) && own.some(({sync}) => sync === 'sync')
    const since = waited || behind === 0n ? now : endedBefore(flushed)
    return {
      name,
      state: waited ? 'waited for' : 'following',
      behindBytes: Number(behind),
      lossMs: since === undefined ? undefined : Math.max(0, now - since),
    }
  })
}

const later = (one: bigint | undefined, other: bigint): bigint => (one === undefined || other > one ? other : one)

function faultOf(name: string, state: Receiver['state']): Pick<Receiver, 'fault'> {
  switch (state) {
    case 'not connected':
      return {fault: `the WAL receiver ${name} is not connected`}
    case 'not seen':
      return {
        fault: `what the WAL receiver ${name} has is not seen: the role needs pg_monitor (GRANT pg_monitor TO it)`,
      }
    case 'no flush told':
      return {fault: `the WAL receiver ${name} does not say what it has on its disk: it needs --synchronous`}
    default:
      return {}
  }
}
