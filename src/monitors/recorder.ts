import type {History, HistoryBatch, Rollup, Watched} from './history.ts'
import {SPANS} from './history.ts'
import type {InMaintenance, KeptSpent} from './objectives/spent.ts'
import {refreshSpent} from './objectives/spent.ts'
import {PointSeries} from './point-series.ts'
import {closedSpans, missingDays} from './roll-up.ts'
import type {Point, Sample, Target, TargetId} from './sample.ts'
import type {Track} from './state.ts'
import {nextTrack, redateTrack, unprobedAt} from './state.ts'
import {spanStart} from './stretch.ts'
import {withUnstored} from './unstored.ts'
import {withUnprobed} from './unprobed-now.ts'
import {RECENT, WatchedNow} from './watched-now.ts'
import type {KeptWindows} from './windows.ts'
import {noWindows, refreshWindows} from './windows.ts'

/** While the store cannot be written: memory stays bounded, the newest are kept. */
const UNSAVED_LIMIT = 50_000
/**
 * Probes of a target are written beside each other so many at a time, and within so long: each time costs a page of the store. Until
 * then they stand among its last sixty, where whoever asks for them finds them.
 */
const WRITTEN_AT_ONCE = RECENT / 2
const WRITTEN_WITHIN_MS = SPANS.hour / 4
const NEVER = Number.NEGATIVE_INFINITY

/** What the process that watches keeps of a target in memory; all of it can be read back from the store. */
interface Memory {
  track: Track | undefined
  /** The last hour. */
  readonly points: PointSeries
  /** How many of them, the newest, stand only among the last sixty in the store, and when others were written. */
  unwritten: number
  writtenAt: number
  /** Start of the five minutes that are still open. */
  open: number
  windows: KeptWindows
  /** Of targets that promise something. */
  spent: KeptSpent | undefined
}

export interface Recorder {
  /** Takes a sample in; it is durable after the next `flush`. */
  record(target: Target, sample: Sample): Watched
  /** It could not be probed: its last sample stays, and is not what is known now. */
  recordUnprobed(target: Target, reason: string, at: number): void
  /** The wall clock was set by so much: every moment that is kept of the targets moves with it. */
  redate(byMs: number, now: number): void
  /** Commits what was recorded since the last one. When that fails, it is kept (bounded) for the next flush. */
  flush(): void
}

export interface RecorderOptions {
  /** Asked inside the transaction: false, and nothing is written. */
  readonly mayWrite?: (() => boolean) | undefined
  /** Probes of a maintenance count in no objective. */
  readonly inMaintenance?: InMaintenance | undefined
}

/** Turns samples into tracks, windows and roll-ups. One for each term of the lease: nobody else writes meanwhile. */
export function createRecorder(
  history: History,
  {mayWrite, inMaintenance = () => false}: RecorderOptions = {},
): Recorder {
  const memories = new Map<TargetId, Memory>()
  let watched = new Map<TargetId, Watched>()
  let rollups: Rollup[] = []
  const known = withUnstored(history, () => rollups)

  const memoryOf = (target: Target, now: number): Memory => {
    const remembered = memories.get(target.id)
    if (remembered) return remembered
    const track = (watched.get(target.id) ?? history.lookUp().get(target.id))?.track
    // Back from the last probe, not from now: what the holder before left open must still be rolled up.
    const loaded = history.points(target.id, Math.min(track?.at ?? now, now) - SPANS.hour)
    const open = spanStart(loaded.at(-1)?.at ?? now, SPANS.fiveMinutes)
    const points = new PointSeries()
    for (const point of loaded) points.push(point)
    const unwritten = history.unwritten(target.id).length
    const memory: Memory = {track, points, unwritten, writtenAt: NEVER, open, windows: noWindows(), spent: undefined}
    rollups.push(...missingDays(history, target.id, now))
    memories.set(target.id, memory)
    return memory
  }
  const recentBytes = (target: TargetId): Uint8Array | undefined => memories.get(target)?.points.encodeLast(RECENT)
  return {
    record(target, sample) {
      const memory = memoryOf(target, sample.at)
      const point = pointOf(sample)
      rollups.push(...close(target, {known, memory, inMaintenance}, sample.at))
      memory.points.push(point)
      memory.unwritten += 1
      memory.points.dropUntil(sample.at - SPANS.hour)
      memory.track = nextTrack(memory.track, sample, target.intervalMs)
      const windows = refreshWindows(known, target.id, memory.windows, {recent: memory, now: sample.at})
      const spent = spentOf(target, {known, memory, inMaintenance}, sample.at)
      const record = new WatchedNow({track: memory.track, sample, windows, ...spent}, memory.points)
      watched.set(target.id, record)
      return record
    },
    recordUnprobed(target, reason, at) {
      const known = watched.get(target.id) ?? history.lookUp().get(target.id)
      const since = unprobedAt(known, target.intervalMs, at)?.since ?? at
      watched.set(target.id, withUnprobed(known, {reason, since, at}))
    },
    redate(byMs, now) {
      for (const [id, known] of new Map([...history.watched(), ...watched])) watched.set(id, redateWatched(known, byMs))
      for (const memory of memories.values()) {
        memory.track = memory.track && redateTrack(memory.track, byMs)
        memory.points.shift(byMs)
        // What is written has the time of before, and would no longer be told from what is not.
        memory.writtenAt = NEVER
        memory.open = spanStart(now, SPANS.fiveMinutes)
        memory.windows = noWindows()
        memory.spent = undefined
      }
    },
    flush() {
      if (watched.size === 0) return
      const due = [...watched.keys()].filter(id => isDue(memories.get(id)))
      const points = due.flatMap(id => unwrittenOf(id, memories.get(id)))
      try {
        history.commit({watched, points, rollups, recentBytes}, mayWrite)
      } catch (thrown) {
        rollups = rollups.slice(-UNSAVED_LIMIT)
        throw thrown
      }
      for (const id of due) written(memories.get(id))
      watched = new Map()
      rollups = []
    },
  }
}

function isDue(memory: Memory | undefined): boolean {
  if (memory === undefined || memory.unwritten === 0) return false
  return memory.unwritten >= WRITTEN_AT_ONCE || (memory.track?.at ?? 0) - memory.writtenAt >= WRITTEN_WITHIN_MS
}

const unwrittenOf = (target: TargetId, memory: Memory | undefined): HistoryBatch['points'] =>
  (memory?.points.last(memory.unwritten) ?? []).map(point => ({...point, target}))

function written(memory: Memory | undefined): void {
  if (memory === undefined) return
  memory.unwritten = 0
  memory.writtenAt = memory.track?.at ?? 0
}

interface Counted {
  readonly known: Pick<History, 'rollups'>
  readonly memory: Memory
  readonly inMaintenance: InMaintenance
}

/** Closes the five minutes that are open, once they are over. A clock that was set back closes nothing. */
function close({id, intervalMs}: Target, {known, memory, inMaintenance}: Counted, now: number): readonly Rollup[] {
  const current = spanStart(now, SPANS.fiveMinutes)
  if (current <= memory.open) return []
  const {open: start} = memory
  const points = memory.points.where(at => at >= start)
  memory.open = current
  return closedSpans(known, id, {start, now, points, intervalMs, isExcluded: at => inMaintenance(id, at)})
}

/** Nothing where nothing is promised. */
function spentOf({objective, ...target}: Target, from: Counted, now: number): Pick<Watched, 'spent'> {
  if (objective === undefined) return {}
  const {known, memory, inMaintenance} = from
  const kept = (memory.spent ??= new Map())
  return {spent: refreshSpent(known, {...target, objective}, kept, {recent: memory, now, inMaintenance})}
}

function redateWatched(known: Watched, byMs: number): Watched {
  const {track, sample, unprobed} = known
  return {
    ...known,
    track: track && redateTrack(track, byMs),
    sample: sample && {...sample, at: sample.at + byMs},
    recent: known.recent.map(point => ({...point, at: point.at + byMs})),
    ...(unprobed === undefined ? {} : {unprobed: {...unprobed, since: unprobed.since + byMs, at: unprobed.at + byMs}}),
  }
}

/** Services have no values worth keeping a probe; measurements of caches and databases are drawn over time. */
function pointOf(sample: Sample): Point {
  const {at, status, latencyMs, values} = sample
  return Object.keys(values).length === 0 ? {at, status, latencyMs} : {at, status, latencyMs, values}
}
