import {formatBytes} from '../../../units/bytes.ts'
import {formatDuration} from '../../../units/duration.ts'
import {formatCount, formatShare} from '../../../units/number.ts'

/** How a measurement is spoken of. */
interface Words {
  readonly said: (value: string) => string
  /** When a rule finds none of it. */
  readonly none?: string
  /** Its limit, where that is more than `above 5`. */
  readonly limit?: (limit: string) => string
  /** Its name over a chart, where that is not its own. */
  readonly title?: string
}

const KNOWN: Readonly<Record<string, Words>> = {
  errorRate: {said: share => `${share} of the answers are errors`},
  fullInMs: {
    said: time => `the storage is full in ${time} at the pace of its backups`,
    title: 'Time until the storage is full',
  },
  ageMs: {
    said: age => `newest good backup is ${age} old`,
    none: 'no good backup',
    limit: objective => `objective ${objective}`,
    title: 'Age of the newest good backup',
  },
}

export const wordsOf = (measurement: string): Words =>
  KNOWN[measurement] ?? {said: value => `${spelled(measurement)} ${value}`}

/** `replicationLagMs` → `Replication lag`: what stands over its chart. */
export function titleOf(measurement: string): string {
  const name = KNOWN[measurement]?.title ?? spelled(measurement)
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
}

/** `replicationLagMs` → `replication lag`. */
const spelled = (measurement: string): string =>
  measurement
    .replace(/(Ms|Bytes)$/, '')
    .replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
    .trim()

/** By the ending of its name: milliseconds, bytes, shares, or a count. */
export function formatMeasured(measurement: string, value: number): string {
  if (measurement === 'latency' || measurement.endsWith('Ms')) return formatDuration(value)
  if (measurement.endsWith('Bytes')) return formatBytes(value)
  if (/(Rate|Ratio)$/.test(measurement)) return formatShare(value)
  return formatCount(value)
}
