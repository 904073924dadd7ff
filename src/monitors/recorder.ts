import type {History, HistoryBatch, Rollup, Watched} from './history.ts'
import {SPANS} from './history.ts'
import type {WindowMeasurements} from './rows.ts'
import type {Point, Sample, Target, TargetId} from './sample.ts'
import type {Track} from './state.ts'
import {nextTrack, redateTrack, unprobedAt} from './state.ts'
import type {Histogram} from './histogram.ts'
import {addHistogram, countPoint, emptyHistogram, measurementsOf} from './histogram.ts'

/** Probes shown in a sparkline. */
const RECENT = 60
const WINDOW_MS = {'5m': SPANS.fiveMinutes, '1h': SPANS.hour, '24h': 86_400_000, '7d': 7 * 86_400_000} as const

/** Of each kind, while the store cannot be written: memory stays bounded, the newest are kept. */
const UNSAVED_LIMIT = 50_000

/** What the process that watches keeps of a target in memory; all of it can be read back from the store. */
interface Memory {
  track: Track | undefined
  /** The last hour, oldest first. */
  points: Point[]
  /** Start of the five minutes that are still open. */
  open: number
  readonly measurements: Map<
    WindowMeasurements['window'],
    {readonly at: number; readonly measurements: WindowMeasurements}
  >
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

/** Turns samples into tracks, windows and roll-ups. One for each term of the lease: nobody else writes meanwhile. */
export function createRecorder(history: History): Recorder {
  const memories = new Map<TargetId, Memory>()
  let watched = new Map<TargetId, Watched>()
  let points: HistoryBatch['points'][number][] = []
  let rollups: Rollup[] = []

  const memoryOf = (target: Target, now: number): Memory => {
    const known = memories.get(target.id)
    if (known) return known
    const track = (watched.get(target.id) ?? history.watched().get(target.id))?.track
    // Back from the last probe, not from now: what the holder before left open must still be rolled up.
    const loaded = [...history.points(target.id, Math.min(track?.at ?? now, now) - SPANS.hour)]
    const open = spanStart(loaded.at(-1)?.at ?? now, SPANS.fiveMinutes)
    const memory = {track, points: loaded, open, measurements: new Map()}
    memories.set(target.id, memory)
    return memory
  }
  return {
    record(target, sample) {
      const memory = memoryOf(target, sample.at)
      const point = pointOf(sample)
      rollups.push(...closeSpans(history, target.id, memory, sample.at))
      memory.points.push(point)
      const oldest = memory.points.findIndex(each => each.at > sample.at - SPANS.hour)
      if (oldest > 0) memory.points.splice(0, oldest)
      memory.track = nextTrack(memory.track, sample, target.intervalMs)
      const record = {
        track: memory.track,
        sample,
        windows: refreshWindows(history, target.id, memory, sample.at),
        recent: memory.points.slice(-RECENT),
      }
      watched.set(target.id, record)
      points.push({...point, target: target.id})
      return record
    },
    recordUnprobed(target, reason, at) {
      const known = watched.get(target.id) ?? history.watched().get(target.id)
      const since = unprobedAt(known, target.intervalMs, at)?.since ?? at
      const before = known ?? {track: undefined, sample: undefined, windows: [], recent: []}
      watched.set(target.id, {...before, unprobed: {reason, since, at}})
    },
    redate(byMs, now) {
      for (const [id, known] of new Map([...history.watched(), ...watched])) watched.set(id, redateWatched(known, byMs))
      points = points.map(point => ({...point, at: point.at + byMs}))
      for (const memory of memories.values()) {
        memory.track = memory.track && redateTrack(memory.track, byMs)
        memory.points = memory.points.map(point => ({...point, at: point.at + byMs}))
        memory.open = spanStart(now, SPANS.fiveMinutes)
        memory.measurements.clear()
      }
    },
    flush() {
      if (watched.size === 0) return
      try {
        history.commit({watched, points, rollups})
      } catch (thrown) {
        points = points.slice(-UNSAVED_LIMIT)
        rollups = rollups.slice(-UNSAVED_LIMIT)
        throw thrown
      }
      watched = new Map()
      points = []
      rollups = []
    },
  }
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

const spanStart = (at: number, span: number): number => Math.floor(at / span) * span

/** Services have no values worth keeping a probe; measurements of caches and databases are drawn over time. */
function pointOf(sample: Sample): Point {
  const {at, status, latencyMs, values} = sample
  return Object.keys(values).length === 0 ? {at, status, latencyMs} : {at, status, latencyMs, values}
}

/** Roll-ups of the stretches that ended before `now`. A clock that was set back closes nothing. */
function closeSpans(history: History, target: TargetId, memory: Memory, now: number): readonly Rollup[] {
  const current = spanStart(now, SPANS.fiveMinutes)
  if (current <= memory.open) return []
  const start = memory.open
  memory.open = current
  const closed: Rollup[] = [rollupOf(target, start, memory.points)].filter(rollup => sizeOf(rollup.histogram) > 0)
  memory.measurements.delete('24h')
  memory.measurements.delete('7d')
  const hour = spanStart(start, SPANS.hour)
  if (spanStart(now, SPANS.hour) === hour) return closed
  const histogram = emptyHistogram()
  const earlier = history.rollups(target, SPANS.fiveMinutes, hour).filter(each => each.start < start)
  for (const each of [...earlier, ...closed]) addHistogram(histogram, each.histogram)
  return sizeOf(histogram) === 0 ? closed : [...closed, {target, span: SPANS.hour, start: hour, histogram}]
}

const sizeOf = (histogram: Histogram): number => histogram.up + histogram.degraded + histogram.down

function rollupOf(target: TargetId, start: number, points: readonly Point[]): Rollup {
  const end = start + SPANS.fiveMinutes
  return {
    target,
    span: SPANS.fiveMinutes,
    start,
    histogram: histogramOf(points.filter(({at}) => at >= start && at < end)),
  }
}

function histogramOf(points: readonly Point[]): Histogram {
  const histogram = emptyHistogram()
  for (const point of points) countPoint(histogram, point.status, point.latencyMs)
  return histogram
}

/** Each window is worked out again when a sixtieth of it has passed; the long ones when five minutes are closed. */
function refreshWindows(
  history: History,
  target: TargetId,
  memory: Memory,
  now: number,
): readonly WindowMeasurements[] {
  return (['5m', '1h', '24h', '7d'] as const).map(window => {
    const length = WINDOW_MS[window]
    const known = memory.measurements.get(window)
    if (known && now >= known.at && now - known.at < Math.min(length / 60, SPANS.fiveMinutes)) return known.measurements
    const measurements = measurementsOf(window, windowHistogram(history, target, memory, {window, since: now - length}))
    memory.measurements.set(window, {at: now, measurements})
    return measurements
  })
}

/** Short windows from the probes themselves, long ones from roll-ups and the probes that are in none yet. */
function windowHistogram(
  history: History,
  target: TargetId,
  memory: Memory,
  {window, since}: {readonly window: WindowMeasurements['window']; readonly since: number},
): Histogram {
  if (window === '5m' || window === '1h') return histogramOf(memory.points.filter(point => point.at > since))
  const span = window === '24h' ? SPANS.fiveMinutes : SPANS.hour
  const rollups = history.rollups(target, span, since)
  const histogram = emptyHistogram()
  for (const rollup of rollups) addHistogram(histogram, rollup.histogram)
  const covered = rollups.length === 0 ? since : (rollups.at(-1)?.start ?? since) + span
  // Five minutes may have been closed in this batch and not be in the store yet: the probes of the last hour fill in.
  addHistogram(histogram, histogramOf(memory.points.filter(point => point.at >= covered)))
  return histogram
}
