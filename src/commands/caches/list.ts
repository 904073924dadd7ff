import {formatBytes} from '../../units/bytes.ts'
import {formatAge} from '../../units/duration.ts'
import {formatCount, formatShare} from '../../units/number.ts'
import type {CacheRow} from '../../caches/rows.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'caches',
  summary: 'Show every cache: hit rate, memory, evictions, namespaces',
  run: async (_input, context) => {
    const {caches} = await context.snapshot()
    return {data: caches, text: cachesText(caches, context.clock.now())}
  },
}

/** One line a cache. */
export function cachesText(caches: readonly CacheRow[], now: number): string {
  if (caches.length === 0) return 'No cache is configured.'
  return alignColumns([
    ['CACHE', 'ENV', 'STATE', 'HIT RATE', 'OPS/S', 'MEMORY', 'EVICTED/S', 'CLIENTS', 'KEYS', 'PROBED', 'REASON'],
    ...caches.map(row => [
      row.name,
      row.environment,
      row.state,
      orDash(row.hitRate, formatShare),
      orDash(row.opsPerSecond, formatCount),
      memoryText(row),
      orDash(row.evictedPerSecond, formatCount),
      orDash(row.clients, formatCount),
      orDash(row.keys, formatCount),
      row.at === undefined ? 'never' : formatAge(row.at, now),
      row.reason,
    ]),
  ])
}

const orDash = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined ? '–' : format(value)

function memoryText({usedBytes, maxBytes}: CacheRow): string {
  if (usedBytes === undefined) return '–'
  return maxBytes === undefined || maxBytes === 0
    ? formatBytes(usedBytes)
    : `${formatBytes(usedBytes)} of ${formatBytes(maxBytes)}`
}
