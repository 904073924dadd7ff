import type {Watched} from './history.ts'
import type {SpentByWindow} from './objectives/objective.ts'
import type {WindowMeasurements} from './rows.ts'
import type {Point, Sample} from './sample.ts'
import type {Track, Unprobed} from './state.ts'

/** Probes shown in a sparkline. */
export const RECENT = 60

interface LastPoints {
  last(count: number): readonly Point[]
}

/**
 * What is known of a target, whose last probes are read when somebody draws them. Of a class, because an object with a
 * getter of its own is a table of its own: half a kilobyte for each of thousands of targets at each probe.
 */
export class WatchedNow implements Watched {
  readonly track: Track | undefined
  readonly sample: Sample | undefined
  readonly windows: readonly WindowMeasurements[]
  readonly spent?: SpentByWindow
  readonly unprobed?: Unprobed
  readonly #points: LastPoints

  constructor({track, sample, windows, spent, unprobed}: Omit<Watched, 'recent'>, points: LastPoints) {
    this.track = track
    this.sample = sample
    this.windows = windows
    if (spent !== undefined) this.spent = spent
    if (unprobed !== undefined) this.unprobed = unprobed
    this.#points = points
  }

  get recent(): readonly Point[] {
    return this.#points.last(RECENT)
  }
}
