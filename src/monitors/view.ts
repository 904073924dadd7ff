import {formatAge} from '../units/duration.ts'
import type {History, Point} from './history.ts'
import type {WatchedRow, WindowFigures} from './rows.ts'
import type {Sample, TargetKind} from './sample.ts'
import {targetId} from './sample.ts'
import {isFlapping, stateAt} from './state.ts'

/** What is known of one target at one moment. */
export interface Known {
  /** State, reason, since, age: what every watched thing shows. */
  readonly row: WatchedRow
  /** The newest sample, however old; undefined before the first. */
  readonly sample: Sample | undefined
  readonly windows: readonly WindowFigures[]
  readonly recent: readonly Point[]
}

export interface ViewedTarget {
  readonly kind: TargetKind
  readonly environment: string
  readonly name: string
  readonly intervalMs: number
}

/** The monitor as the makers of rows see it. */
export type WatchView = (target: ViewedTarget) => Known

const WINDOW_MS: Readonly<Record<WindowFigures['window'], number>> = {
  '5m': 300_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
}

/** Reads the history once; every row of one screen shows the same moment. */
export function watchView(history: Pick<History, 'watched'>, now: number): WatchView {
  const all = history.watched()
  return ({kind, environment, name, intervalMs}) => {
    const watched = all.get(targetId(kind, environment, name))
    const {state, since} = stateAt(watched?.track, intervalMs, now)
    const reason =
      watched === undefined
        ? 'not looked at yet'
        : state === 'no data'
          ? `last seen ${watched.track.state} ${formatAge(watched.track.at, now)}`
          : `${isFlapping(watched.track, now) ? 'flapping; ' : ''}${watched.sample.reason}`
    return {
      row: {name, environment, state, reason, since, at: watched?.track.at, intervalMs},
      sample: watched?.sample,
      windows: currentWindows(watched?.windows ?? [], watched?.track.at, now),
      recent: watched?.recent ?? [],
    }
  }
}

/** Figures of a window that has wholly passed since the last look say nothing about now. */
function currentWindows(
  windows: readonly WindowFigures[],
  at: number | undefined,
  now: number,
): readonly WindowFigures[] {
  return windows.map(figures =>
    at !== undefined && now - at < WINDOW_MS[figures.window]
      ? figures
      : {
          window: figures.window,
          samples: 0,
          uptime: undefined,
          errorRate: undefined,
          p50: undefined,
          p95: undefined,
          p99: undefined,
        },
  )
}

/** One figure of the last looks for a sparkline, newest last; undefined where a look failed or is missing. */
export function sparkline(
  recent: readonly Point[],
  intervalMs: number,
  figure: (point: Point) => number | undefined,
): readonly (number | undefined)[] {
  const drawn: (number | undefined)[] = []
  let before: number | undefined
  for (const point of recent) {
    if (before !== undefined && point.at - before > 2.5 * intervalMs) drawn.push(undefined)
    drawn.push(figure(point))
    before = point.at
  }
  return drawn.slice(-60)
}

/** One of a target's figures over its last looks, for the rows of caches, backups and releases. */
export function figureHistory(
  view: WatchView,
): (target: ViewedTarget, figure: string) => readonly (number | undefined)[] {
  return (target, figure) => sparkline(view(target).recent, target.intervalMs, point => point.values?.[figure])
}
