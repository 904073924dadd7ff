import type {ResolveSecret} from '../config/fields.ts'
import type {Environment} from '../config/environment.ts'
import type {Exec} from '../processes/exec.ts'
import type {Comparison} from './comparison.ts'
import type {Memory} from './memory.ts'
import type {Records} from './records.ts'
import type {Matcher} from '../text/matcher.ts'
import type {Clock} from '../units/clock.ts'

/**
 * Every change that is made without the shell goes through `act`: the command is recorded literally before it is
 * carried out, printed instead in a dry run, and refused in read-only mode. `dry` is what a dry run returns.
 */
export type Act = <T>(command: string, change: (signal: AbortSignal) => Promise<T>, dry: T) => Promise<T>

/** What a kind gets to build its part of `ops` for one step. */
export interface OpsTools {
  readonly environment: Environment
  readonly run: string
  /** Whom the run acts for, as people read it: `ada`, or `root, no login`; left out where nobody acts. */
  readonly by?: string
  readonly act: Act
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly exec: Exec
  readonly secret: ResolveSecret
  readonly matcher: Pick<Matcher, 'match'>
  readonly log: (line: string) => void
  /** `comparison`: live figures for the screen of the run. */
  readonly progress: (done: number, total: number, unit?: string, comparison?: Comparison) => void
  readonly dryRun: boolean
  /** Where a change notes what it left, for the probes to compare; left out where nothing is kept. */
  readonly memory?: Memory
  /** What more than one process notes of a target; likewise. */
  readonly records?: Records
  /** Whether an agent watches now, which does by itself what a run left to it; left out where none ever does. */
  readonly agentWatches?: () => boolean
}

/** What the engine gives for one step; the rest is the same for all of them. */
export interface StepTools extends Omit<OpsTools, 'matcher' | 'memory' | 'records' | 'agentWatches'> {
  /** Facts, checks, guards and dry runs: nothing is noted either. */
  readonly reads: boolean
}
