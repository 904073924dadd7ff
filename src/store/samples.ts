import type {DatabaseSync, StatementSync} from 'node:sqlite'
import type {History, HistoryBatch, Rollup, Span, Watched} from '../monitors/history.ts'
import {KEPT_MS, SPANS} from '../monitors/history.ts'
import type {Histogram} from '../monitors/histogram.ts'
import type {Health, Point, TargetId} from '../monitors/sample.ts'
import {decodePoints, encodePoints, HEALTH, LATENCY_SCALE} from '../monitors/recent-points.ts'
import {WatchedNow} from '../monitors/watched-now.ts'
import {decodeBins, encodeBins} from '../monitors/sketch.ts'
import {once} from '../units/once.ts'
import {onlyIf, transaction} from './transaction.ts'

/** The history of samples in the store. Readers and the one writer may be different processes. */
export function sampleHistory(database: DatabaseSync): History {
  const sql = prepareStatements(database)
  const ids = new Map<TargetId, number>()
  const known = new Map<TargetId, Watched>()
  /** What was handed out of it: with thousands of targets a copy for each flush would be garbage five times a second. */
  let shown: ReadonlyMap<TargetId, Watched> | undefined
  let version = -1

  const idOf = (target: TargetId): number => {
    const cached = ids.get(target)
    if (cached !== undefined) return cached
    const {id} = sql.target.get(target) as {id: number}
    ids.set(target, id)
    return id
  }
  const show = (watched: Iterable<readonly [TargetId, Watched]>): void => {
    for (const [target, one] of watched) known.set(target, one)
    shown = undefined
  }
  const readChanges = (): void => {
    const rows = sql.changed.all(version) as unknown as WatchedRow[]
    if (rows.length === 0) return
    show(rows.map(row => [row.name, readWatched(row)]))
    for (const row of rows) version = Math.max(version, row.version)
  }
  const readPoints = (target: TargetId, since: number): readonly Point[] =>
    (sql.points.all(idOf(target), since) as unknown as PointRow[]).map(readPoint)
  const recentOf = (target: TargetId): readonly Point[] => {
    readChanges()
    return known.get(target)?.recent ?? []
  }
  return {
    watched() {
      readChanges()
      return (shown ??= new Map(known))
    },
    lookUp() {
      readChanges()
      return known
    },
    points(target, since) {
      const written = readPoints(target, since)
      const more = beyond(written, recentOf(target)).filter(({at}) => at > since)
      return more.length === 0 ? written : [...written, ...more].sort((a, b) => a.at - b.at)
    },
    unwritten(target) {
      const recent = recentOf(target)
      return beyond(readPoints(target, (recent[0]?.at ?? 0) - 1), recent)
    },
    rollups: (target, span, since, until) =>
      (sql.rollups.all(idOf(target), SPAN_CODE[span], since / span, until / span) as unknown as RollupRow[]).map(
        row => ({target, span, start: row.start * span, histogram: readHistogram(row)}),
      ),
    commit(batch, mayWrite) {
      readChanges()
      // Known here even when the disk is full: the screens of this process go on showing what it sees.
      show(batch.watched)
      version = Math.max(
        version,
        transaction(database, () => {
          onlyIf(mayWrite)
          return writeBatch(sql, idOf, batch)
        }),
      )
    },
    show(watched) {
      readChanges()
      show(watched)
    },
    forgetOld(now) {
      transaction(database, () => {
        for (const statement of sql.forget) statement.run(now - KEPT_MS.hour)
      })
      ids.clear()
    },
  }
}

const SPAN_CODE: Readonly<Record<Span, number>> = {[SPANS.fiveMinutes]: 0, [SPANS.hour]: 1, [SPANS.day]: 2}
const SPAN_KEPT: Readonly<Record<Span, number>> = {
  [SPANS.fiveMinutes]: KEPT_MS.fiveMinutes,
  [SPANS.hour]: KEPT_MS.hour,
  [SPANS.day]: KEPT_MS.day,
}

interface WatchedRow {
  readonly name: TargetId
  readonly version: number
  readonly doc: string
  /** Null where the points have measurements, and in rows of before: then they stand in the document. */
  readonly recent: Uint8Array | null
}

function readWatched({doc, recent}: WatchedRow): Watched {
  const watched = JSON.parse(doc) as Watched
  if (recent === null) return watched
  // Most are never drawn.
  return new WatchedNow(watched, {last: once(() => decodePoints(recent))})
}

interface PointRow {
  readonly at: number
  readonly status: number
  readonly latency: number
  readonly measurements: string | null
}
interface RollupRow {
  readonly start: number
  readonly up: number
  readonly degraded: number
  readonly down: number
  readonly down_ms: number
  /** Of what answered. */
  readonly bins: Uint8Array
  /** Null in roll-ups of before these were counted, and where none failed. */
  readonly failed: Uint8Array | null
  /** What fell into a maintenance, as JSON; null where nothing did. */
  readonly excluded: string | null
}

function readPoint({at, status, latency, measurements}: PointRow): Point {
  const point = {at, status: HEALTH[status] ?? 'down', latencyMs: latency / LATENCY_SCALE}
  return measurements === null ? point : {...point, values: JSON.parse(measurements) as Record<string, number>}
}

/** The last probes that are newer than those that are written; what is dated later still comes of a clock that was set. */
function beyond(written: readonly Point[], recent: readonly Point[]): readonly Point[] {
  const newest = recent.at(-1)?.at ?? 0
  const last = written.findLast(({at}) => at <= newest)?.at
  return last === undefined ? recent : recent.filter(({at}) => at > last)
}

function readHistogram({up, degraded, down, down_ms: downMs, bins, failed, excluded}: RollupRow): Histogram {
  const histogram = {
    up,
    degraded,
    down,
    downMs,
    answered: decodeBins(bins),
    failed: failed === null ? new Map() : decodeBins(failed),
  }
  if (excluded === null) return histogram
  const part = JSON.parse(excluded) as Excluded
  return {...histogram, excluded: {...part, answered: new Map(part.answered), failed: new Map(part.failed)}}
}

/** Few roll-ups have one, so it is written to be read. */
interface Excluded extends Pick<Histogram, Health | 'downMs'> {
  readonly answered: readonly (readonly [number, number])[]
  readonly failed: readonly (readonly [number, number])[]
}

function encodeExcluded(excluded: Histogram | undefined): string | null {
  if (excluded === undefined) return null
  const written: Excluded = {...excluded, answered: [...excluded.answered], failed: [...excluded.failed]}
  return JSON.stringify(written)
}

type Statements = ReturnType<typeof prepareStatements>

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql)
  const old = 'SELECT target FROM watched WHERE at < ?'
  return {
    // The update that changes nothing makes RETURNING answer for a name that is already there.
    target: prepare('INSERT INTO target (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id'),
    changed: prepare(
      'SELECT name, version, doc, recent FROM watched JOIN target ON target.id = watched.target WHERE version > ?',
    ),
    nextVersion: prepare('SELECT coalesce(max(version), 0) + 1 AS version FROM watched'),
    watch: prepare('INSERT OR REPLACE INTO watched (target, version, at, doc, recent) VALUES (?, ?, ?, ?, ?)'),
    point: prepare('INSERT OR REPLACE INTO sample (target, at, status, latency, measurements) VALUES (?, ?, ?, ?, ?)'),
    points: prepare('SELECT at, status, latency, measurements FROM sample WHERE target = ? AND at > ? ORDER BY at'),
    rollup: prepare(
      'INSERT OR REPLACE INTO rollup (target, span, start, up, degraded, down, down_ms, bins, failed, excluded) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    rollups: prepare(
      'SELECT start, up, degraded, down, down_ms, bins, failed, excluded FROM rollup WHERE target = ? AND span = ? AND start >= ? AND start < ? ORDER BY start',
    ),
    prunePoints: prepare('DELETE FROM sample WHERE target = ? AND at < ?'),
    pruneRollups: prepare('DELETE FROM rollup WHERE target = ? AND span = ? AND start < ?'),
    forget: [
      prepare(`DELETE FROM sample WHERE target IN (${old})`),
      prepare(`DELETE FROM rollup WHERE target IN (${old})`),
      prepare('DELETE FROM watched WHERE at < ?'),
      prepare('DELETE FROM target WHERE id NOT IN (SELECT target FROM watched) AND ? IS NOT NULL'),
    ],
  }
}

/** Everything of one flush, under one version, which is returned. Old rows of a target go when its five minutes close: a little at a time, by index. */
function writeBatch(sql: Statements, idOf: (target: TargetId) => number, batch: HistoryBatch): number {
  const {version} = sql.nextVersion.get() as {version: number}
  for (const [target, watched] of batch.watched) {
    const points = batch.recentBytes?.(target) ?? encodePoints(watched.recent)
    const {track, sample, unprobed, windows, spent} = watched
    const recent = points === undefined ? watched.recent : undefined
    const doc = JSON.stringify({track, sample, unprobed, windows, spent, recent})
    sql.watch.run(idOf(target), version, track?.at ?? unprobed?.at ?? 0, doc, points ?? null)
  }
  for (const {target, at, status, latencyMs, values} of batch.points)
    sql.point.run(
      idOf(target),
      at,
      HEALTH.indexOf(status),
      Math.round(latencyMs * LATENCY_SCALE),
      values === undefined ? null : JSON.stringify(values),
    )
  for (const rollup of batch.rollups) writeRollup(sql, idOf(rollup.target), rollup)
  return version
}

function writeRollup(sql: Statements, id: number, {span, start, histogram}: Rollup): void {
  const {up, degraded, down, answered, failed, excluded} = histogram
  const counts = [up, degraded, down, Math.round(histogram.downMs)] as const
  const bins = [encodeBins(answered), down === 0 ? null : encodeBins(failed)] as const
  sql.rollup.run(id, SPAN_CODE[span], start / span, ...counts, ...bins, encodeExcluded(excluded))
  sql.pruneRollups.run(id, SPAN_CODE[span], Math.floor((start - SPAN_KEPT[span]) / span))
  if (span === SPANS.fiveMinutes) sql.prunePoints.run(id, start - KEPT_MS.points)
}
