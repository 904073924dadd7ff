import {formatAge} from '../units/duration.ts'
import type {History, Watched} from './history.ts'
import type {ViewedTarget, Watch, WatchView, WindowMeasurements} from './rows.ts'
import type {Point, ServiceState} from './sample.ts'
import {targetId} from './sample.ts'
import {currentSpent} from './objectives/spent.ts'
import {isFlapping, stateAt, unprobedAt} from './state.ts'
import {WINDOW_MS} from './windows.ts'

/** Reads the history once; every row of one screen shows the same moment. */
export function watchView(history: Pick<History, 'watched'>, now: number): WatchView {
  const all = history.watched()
  return ({kind, environment, name, intervalMs}) => {
    const watched = all.get(targetId(kind, environment, name))
    const {state, since} = stateAt(watched, intervalMs, now)
    const reason = reasonOf(watched, state, intervalMs, now)
    return {
      row: {name, environment, state, reason, since, at: watched?.track?.at, intervalMs},
      sample: watched?.sample,
      windows: currentWindows(watched?.windows ?? [], watched?.track?.at, now),
      recent: watched?.recent ?? [],
      spent: currentSpent(watched, now),
    }
  }
}

function reasonOf(watched: Watched | undefined, state: ServiceState, intervalMs: number, now: number): string {
  const unprobed = unprobedAt(watched, intervalMs, now)
  if (unprobed !== undefined) return `could not probe: ${unprobed.reason}`
  if (watched?.track === undefined) return 'not probed yet'
  const {track, sample} = watched
  if (state === 'no data') return `last seen ${track.state} ${formatAge(track.at, now)}`
  return `${isFlapping(track, now) ? 'flapping; ' : ''}${sample?.reason ?? ''}`
}

/** Measurements of a window that has wholly passed since the last probe say nothing about now. */
function currentWindows(
  windows: readonly WindowMeasurements[],
  at: number | undefined,
  now: number,
): readonly WindowMeasurements[] {
  return windows.map(measurements =>
    at !== undefined && now - at < WINDOW_MS[measurements.window]
      ? measurements
      : {
          window: measurements.window,
          samples: 0,
          uptime: undefined,
          errorRate: undefined,
          p50: undefined,
          p95: undefined,
          p99: undefined,
        },
  )
}

/** One measurement of the last probes for a sparkline, newest last; undefined where a probe failed or is missing. */
export function sparkline(
  recent: readonly Point[],
  intervalMs: number,
  measurement: (point: Point) => number | undefined,
): readonly (number | undefined)[] {
  const drawn: (number | undefined)[] = []
  let before: number | undefined
  for (const point of recent) {
    if (before !== undefined && point.at - before > 2.5 * intervalMs) drawn.push(undefined)
    drawn.push(measurement(point))
    before = point.at
  }
  return drawn.slice(-60)
}

/** What the makers of rows are given: the history read once, at one moment. */
export function watchAt(history: Pick<History, 'watched'>, now: number): Watch {
  const view = watchView(history, now)
  const drawn = (target: ViewedTarget, measurement: (point: Point) => number | undefined) =>
    sparkline(view(target).recent, target.intervalMs, measurement)
  return {
    now,
    view,
    measurements: (target, measurement) => drawn(target, point => point.values?.[measurement]),
    latencies: target => drawn(target, point => (point.status === 'down' ? undefined : point.latencyMs)),
  }
}
