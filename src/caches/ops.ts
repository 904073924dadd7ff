import {addressOfRef} from '../connections/address.ts'
import {isRefused} from '../connections/redis/refusal.ts'
import {OpsError} from '../errors.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import type {CacheConfig} from './config.ts'
import {beginCount, countSlice, estimate} from './count.ts'
import {fillPatterns, placeholdersIn} from './glob.ts'
import {checkTakesChanges, countMatching, type PatternCount, removeCommand, removeMatching} from './invalidate.ts'
import {type Reach, reachOf} from './reach.ts'
import type {CacheRow, NamespaceRow} from './rows.ts'
import {withCacheServer} from './open-server.ts'
import type {CacheServer} from './server.ts'
import {namespaceRows} from './namespace-counts.ts'
import {readValues} from './values.ts'
import {hitRatesOf} from './target.ts'

/** The namespace table, and how it was made. */
export interface NamespaceCount {
  readonly keys: number
  readonly namespaces: readonly NamespaceRow[]
  readonly counted: NonNullable<CacheRow['counted']>
  /** Keys whose TTL and size were read. */
  readonly measured: number
  /** Commands that this role may not run: what they would tell is left out. */
  readonly refused: readonly string[]
}

export interface CacheEvent {
  readonly name: string
  readonly patterns: readonly string[]
  readonly placeholders: readonly string[]
}

/** What runbooks and commands can do with a cache. */
export interface CacheOps {
  readonly name: string
  /** For plans and confirmations: `cache main (redis://host:6379)`, without credentials. */
  readonly target: string
  readonly events: readonly CacheEvent[]
  /**
   * The key patterns of an event, placeholders filled from values or from text such as `id=42,user=7` (a JSON object when a
   * value holds a comma); values that only other events take are left out. Raises `usage/arguments`. Reads nothing.
   */
  patterns(event: string, values: string | Readonly<Record<string, string>>): readonly string[]
  /** The declared namespaces that these patterns of an event can take keys from. Reads nothing. */
  reach(event: string, patterns: readonly string[]): Reach
  /** Raises why keys cannot be removed here at all, such as `cache/refused` for a replica. Changes nothing. */
  requireReady(): Promise<void>
  /** How many keys these patterns would remove now, exactly. Changes nothing. */
  count(patterns: readonly string[]): Promise<{readonly total: number; readonly byPattern: readonly PatternCount[]}>
  /** Removes the keys that match, in small batches; how many there were. Recorded pattern by pattern. */
  remove(patterns: readonly string[]): Promise<number>
  /** The namespace table: exact, or from a sample with its error bound; small caches are always counted. */
  namespaces(options: {readonly exact: boolean}): Promise<NamespaceCount>
}

/** TTLs and sizes read by an exact count of a large cache. */
const MEASURED = 10_000
const SAMPLED = 10_000
const STEPS_A_SLICE = 100

export function createCacheOps(config: CacheConfig, tools: OpsTools): CacheOps {
  const connected = <T>(work: (server: CacheServer) => Promise<T>): Promise<T> => withCacheServer(config, tools, work)
  return {
    name: config.name,
    target: `cache ${config.name} (${addressOfRef(config.url)})`,
    events: Object.entries(config.events).map(([name, patterns]) => ({
      name,
      patterns,
      placeholders: placeholdersIn(patterns),
    })),
    patterns: (event, values) =>
      fillPatterns(
        event,
        patternsOf(config, event),
        typeof values === 'string' ? readValues(values) : values,
        placeholdersIn(Object.values(config.events).flat()),
      ),
    reach: (event, patterns) => reachOf(config, patternsOf(config, event), patterns),
    requireReady: () => connected(async server => checkTakesChanges(server)),
    count: patterns =>
      connected(async server => {
        checkTakesChanges(server)
        const byPattern = await countMatching(server, patterns, {signal: tools.signal})
        return {total: byPattern.reduce((sum, one) => sum + one.keys, 0), byPattern}
      }),
    async remove(patterns) {
      let removed = 0
      for (const pattern of patterns) {
        const before = removed
        const onKeys = (keys: number): void => tools.progress(before + keys, before + keys, 'keys')
        removed += await tools.act(
          `${config.name}: ${removeCommand(pattern)}`,
          signal =>
            withCacheServer(config, {...tools, signal}, server => {
              checkTakesChanges(server)
              return removeMatching(server, pattern, {signal, onKeys})
            }),
          0,
        )
      }
      return removed
    },
    namespaces: ({exact}) =>
      connected(async server => {
        // A sample as large as the whole would cost more than counting, and know less.
        const isLarge = !exact && ((await server.size()) ?? 0) > SAMPLED
        const table = isLarge ? await countBySample(server, config, tools) : undefined
        return table ?? countAsAllowed(server, config, tools)
      }),
  }
}

function patternsOf(config: CacheConfig, event: string): readonly string[] {
  const patterns = Object.hasOwn(config.events, event) ? config.events[event] : undefined
  if (patterns === undefined)
    throw new OpsError('usage/arguments', `${config.name} has no event ${JSON.stringify(event)}`, {
      hint: `Its events are: ${Object.keys(config.events).join(', ') || 'none'}.`,
    })
  return patterns
}

async function countExactly(server: CacheServer, config: CacheConfig, tools: OpsTools): Promise<NamespaceCount> {
  const {signal} = tools
  let progress = await beginCount(server, config.namespaces, MEASURED)
  while (progress.cursor !== undefined) {
    progress = await countSlice(server, config.namespaces, progress, {
      steps: STEPS_A_SLICE,
      signal,
      breathe: false,
    })
    const size = Math.max(progress.size ?? 0, progress.scanned)
    tools.progress(progress.scanned, size, 'keys')
  }
  const keys = progress.counts.reduce((sum, tally) => sum + tally.keys, 0)
  await server.checkUnmoved()
  return {
    keys,
    namespaces: namespaceRows(config.namespaces, progress.counts, {
      scale: 1,
      hitRates: await publishedRates(server, config),
    }),
    counted: {at: tools.clock.now(), exact: true, errorBound: 0},
    measured: progress.counts.reduce((sum, tally) => sum + tally.measured, 0),
    refused: [...server.refused].sort(),
  }
}

/** Without SCAN a sample is all there is. */
async function countAsAllowed(server: CacheServer, config: CacheConfig, tools: OpsTools): Promise<NamespaceCount> {
  try {
    return await countExactly(server, config, tools)
  } catch (error) {
    const table = isRefused(error) ? await countBySample(server, config, tools) : undefined
    if (table === undefined) throw error
    return table
  }
}

/** Undefined: this role may not run what is needed. */
async function countBySample(
  server: CacheServer,
  config: CacheConfig,
  tools: OpsTools,
): Promise<NamespaceCount | undefined> {
  const seen = await estimate(server, config.namespaces, {sample: SAMPLED, signal: tools.signal})
  if (seen === undefined) return undefined
  const scale = seen.sampled === 0 ? 0 : seen.size / seen.sampled
  return {
    keys: seen.size,
    namespaces: namespaceRows(config.namespaces, seen.counts, {scale, hitRates: await publishedRates(server, config)}),
    counted: {at: tools.clock.now(), exact: false, errorBound: seen.errorBound},
    measured: seen.sampled,
    refused: [...server.refused].sort(),
  }
}

async function publishedRates(server: CacheServer, config: CacheConfig): Promise<readonly (number | undefined)[]> {
  const keys = config.namespaces.flatMap(({hits, misses}) =>
    hits === undefined || misses === undefined ? [] : [hits, misses],
  )
  return hitRatesOf(config, [], await server.numbers(keys))
}
