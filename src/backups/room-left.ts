import type {BackupEntry} from './rows.ts'

const DAY_MS = 86_400_000
/** What was taken longer ago says little about the pace of today. */
const LOOKED_AT = 30
/** Fewer have no pace. */
const FEWEST = 3
/** Later than this nobody plans. */
const LATEST_MS = 365 * DAY_MS
/** So many more than are to be kept: nobody prunes. */
const UNPRUNED = 2

/** How long the room in a storage lasts at the pace of its backups, a year at most, and what they add a day. */
export interface RoomLeft {
  readonly fullInMs: number
  readonly bytesPerDay: number
}

/**
 * The backups go on as they came: as often, each larger than the one before by the median growth, the oldest removed where they
 * are removed today. Undefined: nobody can tell. What others write there is not foreseen. Pure.
 */
export function roomLeft(
  entries: readonly Pick<BackupEntry, 'takenAt' | 'storedBytes' | 'state' | 'safety'>[],
  {freeBytes, keep}: {readonly freeBytes: number | undefined; readonly keep: number},
): RoomLeft | undefined {
  const kept = entries
    .filter(({state, safety, storedBytes}) => state !== 'incomplete' && safety !== true && storedBytes > 0)
    .toSorted((one, two) => one.takenAt - two.takenAt)
  const newest = kept.slice(-LOOKED_AT)
  const everyMs = ((newest.at(-1)?.takenAt ?? 0) - (newest[0]?.takenAt ?? 0)) / (newest.length - 1)
  if (freeBytes === undefined || newest.length < FEWEST || everyMs <= 0) return undefined
  const growth = Math.max(0, median(newest.slice(1).map(({storedBytes}, at) => storedBytes - newest[at]!.storedBytes)))
  const last = newest.at(-1)!.storedBytes
  const removes = kept.length <= keep + UNPRUNED
  const sizes = kept.map(({storedBytes}) => storedBytes)
  let added = 0
  for (let count = 1; count * everyMs <= LATEST_MS; count += 1) {
    const size = last + growth * count
    added += size
    sizes.push(size)
    // It is written before the oldest is removed.
    if (added > freeBytes) return {fullInMs: count * everyMs, bytesPerDay: (added / (count * everyMs)) * DAY_MS}
    if (removes && sizes.length > keep) added -= sizes.shift() ?? 0
  }
  return {fullInMs: LATEST_MS, bytesPerDay: (Math.max(0, added) / LATEST_MS) * DAY_MS}
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}
