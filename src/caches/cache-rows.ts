import {addressOfRef} from '../connections/address.ts'
import type {WatchedRow} from '../monitors/rows.ts'
import type {Sample} from '../monitors/sample.ts'
import type {CacheRow} from './rows.ts'
import type {CacheDetail, PlacedCache} from './target.ts'

/** What is known of one target now: the row every watched thing shows, and its newest sample. */
export interface Known {
  readonly row: WatchedRow
  readonly sample: Sample | undefined
}

interface Wanted {
  readonly kind: 'cache'
  readonly environment: string
  readonly name: string
  readonly intervalMs: number
}

/** One row for each configured cache. `historyOf` gives a measurement's last values, newest last, gaps undefined. */
export function cacheRows(
  config: {readonly caches: readonly PlacedCache[]},
  knownOf: (target: Wanted) => Known,
  historyOf: (target: Wanted, field: 'hitRate') => readonly (number | undefined)[] = () => [],
): readonly CacheRow[] {
  return config.caches.map(cache => {
    const target = {
      kind: 'cache',
      environment: cache.environment,
      name: cache.name,
      intervalMs: cache.interval,
    } as const
    const {row, sample} = knownOf(target)
    const values = sample?.values ?? {}
    const detail = sample?.detail as Partial<CacheDetail> | undefined
    return {
      ...row,
      address: detail?.address ?? addressOfRef(cache.url),
      hitRate: values['hitRate'],
      opsPerSecond: values['opsPerSecond'],
      usedBytes: values['usedBytes'],
      maxBytes: values['maxBytes'],
      fragmentation: values['fragmentation'],
      evictedPerSecond: values['evictedPerSecond'],
      clients: values['clients'],
      keys: values['keys'],
      role: detail?.role,
      persistence: detail?.persistence,
      slowlogLength: values['slowlogLength'],
      version: sample?.version,
      namespaces: detail?.namespaces ?? [],
      counted: detail?.counted,
      refused: detail?.refused ?? [],
      hitRateHistory: historyOf(target, 'hitRate'),
    }
  })
}
