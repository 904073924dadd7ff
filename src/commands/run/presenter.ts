import type {Feed} from '../../runs/engine.ts'
import type {RunState} from '../../runbooks/state.ts'

/** How a run is written for whoever reads it: a person, a CI system, a program. */
export interface Presenter {
  /** What to write for one piece of the run, whole lines; empty when it says nothing. */
  feed(feed: Feed, state: RunState): string
  /** What to write when watching ends, whether the run has ended or not. */
  end(): string
}
