import type {BackupEntry} from './rows.ts'

/** How far a backup is from those before it. `score` counts robust deviations of their logarithms. */
export interface Unusual {
  readonly what: 'size' | 'duration'
  /** 0.6: six tenths of the usual; 3: three times as much. */
  readonly ratio: number
  readonly score: number
}

/** Fewer than this say nothing about what is usual. */
const ENOUGH = 5
const WINDOW = 20
/** A median absolute deviation is this much smaller than a standard one. */
const TO_SIGMA = 1.4826
/** The usual limit of such scores (Iglewicz and Hoaglin, 1993). */
const LIMIT = 3.5
/** Sizes that are equal to the byte would make every other one unusual; nobody looks at less than a tenth. */
const LEAST_SIGMA = 0.1 / LIMIT
/** A second more or less is the machine's, not the backup's. */
const LEAST_DURATION_MS = 5000

/**
 * What is unusual about a backup, given those before it, newest first: by the median and the median absolute deviation of
 * logarithms, so that one strange backup among them changes nothing, and half is as far as double. Pure.
 */
export function unusualOf(entry: BackupEntry, before: readonly BackupEntry[]): readonly Unusual[] {
  if (!isWhole(entry)) return []
  const like = before.filter(other => isWhole(other) && other.kind === entry.kind).slice(0, WINDOW)
  if (like.length < ENOUGH) return []
  const size = judge(
    'size',
    entry.storedBytes,
    like.map(other => other.storedBytes),
  )
  const longest = Math.max(entry.durationMs, ...like.map(other => other.durationMs))
  const duration =
    longest < LEAST_DURATION_MS
      ? undefined
      : judge(
          'duration',
          entry.durationMs,
          like.map(other => other.durationMs),
        )
  return [size, duration].filter(each => each !== undefined)
}

const isWhole = ({state, storedBytes}: BackupEntry): boolean =>
  (state === 'good' || state === 'unchecked') && storedBytes > 0

function judge(what: Unusual['what'], value: number, usual: readonly number[]): Unusual | undefined {
  const logs = usual.map(each => Math.log(Math.max(1, each)))
  const middle = median(logs)
  const sigma = Math.max(LEAST_SIGMA, TO_SIGMA * median(logs.map(each => Math.abs(each - middle))))
  const distance = Math.log(Math.max(1, value)) - middle
  const score = distance / sigma
  return Math.abs(score) > LIMIT ? {what, ratio: Math.exp(distance), score} : undefined
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

/** `40 % of the usual size`, `took 3.2 times as long as usual`. */
export const unusualWords = ({what, ratio}: Pick<Unusual, 'what' | 'ratio'>): string =>
  what === 'size'
    ? `${Math.round(ratio * 100)} % of the usual size`
    : ratio >= 1
      ? `took ${ratio.toFixed(1)} times as long as usual`
      : `took ${Math.round(ratio * 100)} % of the usual time`
