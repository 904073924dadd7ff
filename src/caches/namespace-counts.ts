import type {CacheConfig} from './config.ts'
import {asBytes, globToRegExp} from './glob.ts'
import type {NamespaceRow} from './rows.ts'

export type Namespace = CacheConfig['namespaces'][number]

/** Where keys go that no configured pattern matches. */
export const OTHER = '(other)'

/** What was found of one key. `ttlMs` -1: it never expires. Undefined: not measured. */
export interface KeySeen {
  /** Name as latin1 text. */
  readonly key: string
  readonly ttlMs?: number
  readonly bytes?: number
}

/** Counts of one namespace. `measured` keys had their TTL and size read, the others were only counted. */
export interface NamespaceCount {
  readonly keys: number
  readonly measured: number
  /** Keys whose size was read, and their sum. */
  readonly sized: number
  readonly bytes: number
  readonly overdue: number
  readonly shortestTtlMs: number | undefined
  readonly longestTtlMs: number | undefined
}

const EMPTY: NamespaceCount = {
  keys: 0,
  measured: 0,
  sized: 0,
  bytes: 0,
  overdue: 0,
  shortestTtlMs: undefined,
  longestTtlMs: undefined,
}

/** Index of the first namespace whose pattern matches; the number of namespaces when none does. */
export function classifierOf(namespaces: readonly Namespace[]): (key: string) => number {
  const tests = namespaces.map(({pattern}) => testOf(asBytes(pattern)))
  return key => {
    const found = tests.findIndex(matches => matches(key))
    return found < 0 ? namespaces.length : found
  }
}

/** Most patterns are a prefix and a star: no expression is needed for those. */
function testOf(pattern: string): (key: string) => boolean {
  const prefix = /^([^*?[\\]*)\*$/.exec(pattern)?.[1]
  if (prefix !== undefined) return key => key.startsWith(prefix)
  const expression = globToRegExp(pattern)
  return key => expression.test(key)
}

/** A tally for every namespace and one for the rest. */
export const emptyCounts = (namespaces: readonly Namespace[]): readonly NamespaceCount[] =>
  Array.from({length: namespaces.length + 1}, () => EMPTY)

/** Counts a batch of keys whose TTL and size are not read. */
export function countKeys(
  tallies: readonly NamespaceCount[],
  keys: readonly string[],
  classify: (key: string) => number,
): readonly NamespaceCount[] {
  const counts = tallies.map(() => 0)
  for (const key of keys) {
    const index = classify(key)
    counts[index] = (counts[index] ?? 0) + 1
  }
  return tallies.map((tally, index) => ({...tally, keys: tally.keys + (counts[index] ?? 0)}))
}

/** Adds a batch of measured keys. Batches are small, so that nothing else waits long. */
export function addKeys(
  tallies: readonly NamespaceCount[],
  seen: readonly KeySeen[],
  rules: {readonly namespaces: readonly Namespace[]; readonly classify: (key: string) => number},
): readonly NamespaceCount[] {
  const next = [...tallies]
  for (const one of seen) {
    const index = rules.classify(one.key)
    next[index] = addKey(next[index] ?? EMPTY, one, rules.namespaces[index]?.ttl)
  }
  return next
}

function addKey(tally: NamespaceCount, seen: KeySeen, declaredMs: number | undefined): NamespaceCount {
  const sized = seen.bytes === undefined ? 0 : 1
  const counted = {...tally, keys: tally.keys + 1, sized: tally.sized + sized, bytes: tally.bytes + (seen.bytes ?? 0)}
  if (seen.ttlMs === undefined) return counted
  const ttl = seen.ttlMs
  const limited = ttl >= 0
  return {
    ...counted,
    measured: tally.measured + 1,
    overdue: tally.overdue + (declaredMs !== undefined && (!limited || ttl > declaredMs) ? 1 : 0),
    shortestTtlMs: limited ? Math.min(ttl, tally.shortestTtlMs ?? ttl) : tally.shortestTtlMs,
    longestTtlMs: limited ? Math.max(ttl, tally.longestTtlMs ?? ttl) : tally.longestTtlMs,
  }
}

/** Rows of the table. `scale` makes counts of a sample into counts of the whole. */
export function namespaceRows(
  namespaces: readonly Namespace[],
  tallies: readonly NamespaceCount[],
  known: {readonly scale: number; readonly hitRates: readonly (number | undefined)[]},
): readonly NamespaceRow[] {
  return tallies.flatMap((tally, index): NamespaceRow[] => {
    const namespace = namespaces[index]
    if (namespace === undefined && tally.keys === 0) return []
    const keys = Math.round(tally.keys * known.scale)
    const none = tally.keys === 0
    const ofAll = (sum: number, read: number): number | undefined =>
      none ? 0 : read === 0 ? undefined : Math.round((sum * keys) / read)
    return [
      {
        pattern: namespace?.pattern ?? OTHER,
        keys,
        bytes: ofAll(tally.bytes, tally.sized),
        ttlMs: namespace?.ttl,
        overdue: ofAll(tally.overdue, tally.measured),
        hitRate: known.hitRates[index],
        ...(tally.shortestTtlMs === undefined || tally.longestTtlMs === undefined
          ? {}
          : {ttlSpread: {shortestMs: tally.shortestTtlMs, longestMs: tally.longestTtlMs}}),
      },
    ]
  })
}
