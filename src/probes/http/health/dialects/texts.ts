import type {Check, Health} from '../../../../monitors/sample.ts'
import {escapeLine} from '../../../../text/escape.ts'
import {healthOfWord} from '../words.ts'

/** A product's plain text, a thing a line: what a line says of which thing. */
interface LineDialect {
  readonly product: string
  readonly line: RegExp
  readonly read: (groups: readonly string[]) => readonly [name: string, health: Health, detail: string]
}

const CEPH: Readonly<Record<string, Health>> = {OK: 'up', WARN: 'degraded', ERR: 'down'}
const word = (said: string): Health => healthOfWord(said) ?? 'degraded'

const LINES: readonly LineDialect[] = [
  {
    product: 'Loki, Mimir, Cortex',
    line: /^([\w-]+) => (\w+)$/,
    read: ([name = '', said = '']) => [name, word(said), said],
  },
  {
    product: 'Tempo',
    line: /^\|\s*([\w-]+)\s*\|\s*(\w+)\s*\|\s*([^|]*?)\s*\|/,
    read: ([name = '', said = '', why = '']) => [name, word(said), why === '' ? said : `${said}, ${why}`],
  },
  {
    product: 'Cassandra, ScyllaDB: nodetool status',
    line: /^([UD][NLJM])\s+(\S+)\s/,
    read: ([said = '', name = '']) => [name, said.startsWith('D') ? 'down' : said === 'UN' ? 'up' : 'degraded', said],
  },
  {
    product: 'Envoy',
    line: /^(.+?)::(.+?)::health_flags::(.+)$/,
    read: ([cluster = '', host = '', flags = '']) => [
      `${cluster} ${host}`,
      flags === 'healthy' ? 'up' : 'down',
      flags.replaceAll('/', ' ').trim(),
    ],
  },
  {
    product: 'ClickHouse',
    line: /^(\S+):\s+Absolute delay: (\d+)\./,
    read: ([table = '', delay = '']) => [table, 'degraded', `absolute delay ${delay} s`],
  },
  {
    product: 'Elasticsearch: _cat/shards',
    line: /^(\S+\s+\d+)\s+([pr])\s+(UNASSIGNED|STARTED|RELOCATING|INITIALIZING)\b/,
    read: ([shard = '', kind = '', said = '']) => [
      `${shard} ${kind}`,
      said !== 'UNASSIGNED' ? 'up' : kind === 'p' ? 'down' : 'degraded',
      said,
    ],
  },
  {
    product: 'Linux: /proc/mdstat',
    line: /^\d+ blocks .*\[\d+\/\d+\] \[([U_]+)\]/,
    read: ([disks = '']) => [`array of ${disks.length}`, disks.includes('_') ? 'degraded' : 'up', `[${disks}]`],
  },
  {
    product: 'supervisord',
    line: /^(\S+)\s+(RUNNING|FATAL|BACKOFF|STOPPED|STOPPING|EXITED|STARTING|UNKNOWN)\b\s*(.*)$/,
    read: ([name = '', said = '', why = '']) => [
      name,
      said === 'RUNNING' ? 'up' : said === 'FATAL' ? 'down' : 'degraded',
      `${said} ${why}`.trim(),
    ],
  },
  {
    product: 'Ceph',
    line: /^HEALTH_(OK|WARN|ERR)\b\s*(.*)$/,
    read: ([said = '', why = '']) => ['health', CEPH[said] ?? 'degraded', why === '' ? `HEALTH_${said}` : why],
  },
]

/** The rows of a text whose lines are a product's; none when they are nobody's that is known. */
export function readLines(text: string): readonly Check[] {
  const statistics = readStatistics(text)
  if (statistics.length > 0) return statistics
  const lines = text.split(/\r?\n/).map(line => line.trim())
  for (const {line, read} of LINES) {
    const found = lines.flatMap(each => {
      const groups = line.exec(each)?.slice(1)
      return groups === undefined ? [] : [read(groups)]
    })
    if (found.length > 0)
      return found.map(([name, status, detail]) => ({
        name: escapeLine(name, 60),
        status,
        detail: escapeLine(detail, 160),
      }))
  }
  return []
}

/** HAProxy's statistics, `/stats;csv`: every server and every backend has its state. */
function readStatistics(text: string): readonly Check[] {
  if (!text.startsWith('# pxname,svname,')) return []
  const [header = '', ...rows] = text.split('\n')
  const at = header.replace('# ', '').split(',').indexOf('status')
  return rows.flatMap((row): readonly Check[] => {
    const cells = row.split(',')
    const said = cells[at]
    if (said === undefined || said === '') return []
    const status = /^(UP|OPEN|no check)$/.test(said) ? 'up' : said.startsWith('DOWN') ? 'down' : 'degraded'
    return [{name: escapeLine(`${cells[0]}/${cells[1]}`, 60), status, detail: escapeLine(said, 60)}]
  })
}

/** php-fpm's page and the like, as the document that it also has in JSON: `listen queue: 12`. */
export function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const pairs = text.split(/\r?\n/).flatMap(line => {
    const [, key, value] = /^([\w -]{1,60}):\s*(.{0,200}?)\s*$/.exec(line) ?? []
    return key === undefined || value === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(pairs)
}
