import {SCAN_COUNT} from './count.ts'
import {RedisRefusal} from '../connections/redis/refusal.ts'
import {asBytes, globToRegExp, hasWildcard, literalOf} from './glob.ts'
import type {CacheServer} from './server.ts'

/** UNLINK frees small values in the caller's time: batches stay far below a millisecond. */
const UNLINK_BATCH = 100

export interface PatternCount {
  readonly pattern: string
  /** Keys that match this pattern and none before it. */
  readonly keys: number
}

interface Walk {
  readonly signal: AbortSignal
  readonly onKeys?: (keys: number) => void
}

/** Exactly which keys each pattern would remove; a key that several patterns match counts for the first. */
export async function countMatching(
  server: CacheServer,
  patterns: readonly string[],
  walk: Walk,
): Promise<readonly PatternCount[]> {
  const counts: PatternCount[] = []
  for (const [index, pattern] of patterns.entries()) {
    const earlier = patterns.slice(0, index).map(one => globToRegExp(asBytes(one)))
    // SCAN may give a key twice while the server's table grows or shrinks.
    const seen = new Set<string>()
    await walkMatching(server, pattern, walk, keys => {
      for (const key of keys) if (!earlier.some(test => test.test(key))) seen.add(key)
      return Promise.resolve()
    })
    await server.checkUnmoved()
    counts.push({pattern, keys: seen.size})
  }
  return counts
}

/** Removes every key that matches one pattern; how many existed. */
export async function removeMatching(server: CacheServer, pattern: string, walk: Walk): Promise<number> {
  let removed = 0
  await walkMatching(server, pattern, walk, async keys => {
    for (let at = 0; at < keys.length; at += UNLINK_BATCH) {
      walk.signal.throwIfAborted()
      removed += await server.unlink(keys.slice(at, at + UNLINK_BATCH))
      walk.onKeys?.(removed)
    }
  })
  await server.checkUnmoved()
  return removed
}

/** What is removed from a replica comes back, or is gone there alone; a server of unknown kind may be a part of many. */
export function checkTakesChanges({identity: {mode, role}}: CacheServer): void {
  if (role === 'replica') throw new RedisRefusal('it is a replica: keys are removed on its master')
  if (mode === 'unknown') throw new RedisRefusal('it does not say whether it is one node of a cluster')
}

async function walkMatching(
  server: CacheServer,
  pattern: string,
  {signal}: Walk,
  take: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  if (!hasWildcard(pattern)) {
    const key = asBytes(literalOf(pattern))
    if (await server.has(key)) await take([key])
    return
  }
  let cursor = '0'
  do {
    signal.throwIfAborted()
    const step = await server.scan(cursor, {match: pattern, count: SCAN_COUNT})
    if (step.keys.length > 0) await take(step.keys)
    cursor = step.cursor
  } while (cursor !== '0')
}

/** The literal commands that stand in the record for one pattern. */
export const removeCommand = (pattern: string): string =>
  hasWildcard(pattern)
    ? `SCAN 0 MATCH ${JSON.stringify(pattern)} COUNT ${SCAN_COUNT}; UNLINK what it finds, ${UNLINK_BATCH} keys at a time`
    : `UNLINK ${JSON.stringify(literalOf(pattern))}`
