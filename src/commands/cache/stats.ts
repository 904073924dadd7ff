import {createCacheOps, type NamespaceCount} from '../../caches/ops.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatCount, formatShare} from '../../units/number.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {chooseCache} from './choose.ts'

export const command: Command = {
  name: 'cache stats',
  summary: 'Count the keys of a cache by namespace, from a sample or exactly',
  help:
    'Without --exact, 10,000 random keys of a larger cache are looked at, and the largest error of a share is stated. With --exact every ' +
    'key is counted by SCAN in small steps; above 20,000 keys, sizes and TTLs come from an even selection. Neither ' +
    'holds up the server for as much as a millisecond at a time.',
  arguments: [
    {name: 'name', required: false, completes: 'cache', description: 'Which cache; optional when there is only one'},
  ],
  flags: {exact: {type: 'boolean', description: 'Count every key'}},
  run: async ({args, flags}, context) => {
    const cache = chooseCache(context, args[0])
    const table = await createCacheOps(cache, context.opsTools()).namespaces({exact: flags['exact'] === true})
    return {data: {cache: cache.name, environment: cache.environment, ...table}, text: statsText(table)}
  },
}

/** The namespace table and how it was made. */
export function statsText({keys, namespaces, counted, measured, refused}: NamespaceCount): string {
  const rows = namespaces.map(row => [
    row.pattern,
    counted.exact ? String(row.keys) : `~${formatCount(row.keys)}`,
    row.bytes === undefined ? '–' : formatBytes(row.bytes),
    row.ttlMs === undefined ? 'none' : formatDuration(row.ttlMs),
    row.ttlSpread === undefined
      ? '–'
      : `${formatDuration(row.ttlSpread.shortestMs)} to ${formatDuration(row.ttlSpread.longestMs)}`,
    row.overdue === undefined ? '–' : String(row.overdue),
    row.hitRate === undefined ? '–' : formatShare(row.hitRate),
  ])
  const how = counted.exact
    ? `${keys} keys, counted; TTL and size read of ${measured}.`
    : `${keys} keys; estimated from ${measured} random ones, shares of all keys within ${formatShare(counted.errorBound)} (95 of 100 times).`
  const missing =
    refused.length === 0 ? '' : `\nThis role may not run ${refused.join(', ')}; what that would show is left out.`
  if (rows.length === 0) return `No namespace is configured.\n${how}${missing}`
  return `${alignColumns([['NAMESPACE', 'KEYS', 'SIZE', 'TTL', 'TIME LEFT', 'OVERDUE', 'HIT RATE'], ...rows])}\n\n${how}${missing}`
}
