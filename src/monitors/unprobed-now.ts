import type {Watched} from './history.ts'
import type {Unprobed} from './state.ts'
import {WatchedNow} from './watched-now.ts'

export const NEVER_WATCHED: Watched = {track: undefined, sample: undefined, windows: [], recent: []}

/** The same, of what could not be probed the last time. */
export const withUnprobed = (known: Watched = NEVER_WATCHED, unprobed: Unprobed): Watched =>
  new WatchedNow({...known, unprobed}, {last: () => known.recent})
