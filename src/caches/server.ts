import type {RedisIdentity} from '../connections/redis/identity.ts'
import type {Info} from '../connections/redis-info.ts'
import type {KeySeen} from './namespace-counts.ts'

/**
 * The few things that are asked of a cache, be it one server or a cluster. Each is short for the server, and has the
 * deadline of one probe. What this role may not run is `undefined`, or empty, and named in `refused`.
 */
export interface CacheServer {
  readonly identity: RedisIdentity
  /** Which master serves what, as text: cursors of SCAN are good while it stays. */
  readonly layout: string
  /** Commands that this role may not run, or not for all keys; known once they were asked for. */
  readonly refused: ReadonlySet<string>
  ping(): Promise<void>
  /** INFO with the statistics of commands, of each server; empty where one of them does not tell. */
  infos(): Promise<readonly Info[]>
  /** Keys in the database, expired ones that are not yet gone included. */
  size(): Promise<number | undefined>
  /** One step of SCAN. Keys are latin1 text, one character a byte. Raises what the server refuses. */
  scan(cursor: string, options: {readonly match?: string; readonly count: number}): Promise<ScanStep>
  /** Time to live and size of at most 50 keys; keys that are gone by now are left out. */
  measure(keys: readonly string[]): Promise<readonly KeySeen[]>
  /** At most 50 random keys with time to live and size. */
  sample(count: number): Promise<readonly KeySeen[] | undefined>
  /** Numbers that the application publishes; undefined where there is none. */
  numbers(keys: readonly string[]): Promise<readonly (number | undefined)[]>
  /** How many of these keys existed. */
  unlink(keys: readonly string[]): Promise<number>
  has(key: string): Promise<boolean>
  slowlogLength(): Promise<number | undefined>
  /** Raises `RedisRefusal` when keys may have moved past the reader, from one master of a cluster to another. */
  checkUnmoved(): Promise<void>
}

export interface ScanStep {
  readonly cursor: string
  readonly keys: readonly string[]
}
