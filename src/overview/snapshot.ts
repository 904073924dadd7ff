import type {FiringElsewhere} from '../alerts/firing-elsewhere.ts'
import type {Undelivered} from '../alerts/letters.ts'
import type {AlertRow} from '../alerts/rows.ts'
import type {Rows} from '../config/kinds.ts'
import type {InForce} from '../monitors/in-force.ts'
import type {RunRow} from '../runbooks/rows.ts'

/** Why nothing may be changed now. */
export interface Forbidden {
  /** A clause that goes with "Cannot acknowledge: …". */
  readonly reason: string
  /** Runs may still be stopped. */
  readonly wayBack: boolean
}

/**
 * Everything the overview and `status --json` show, at one moment: a list of rows for each noun, alerts, runs. Rows are
 * plain data, escaped and redacted.
 */
export interface Snapshot extends Rows {
  readonly project: string
  /** The environment in view. */
  readonly environment: {readonly name: string; readonly protected: boolean}
  readonly environments: readonly string[]
  readonly at: number
  readonly readOnly: boolean
  /** Who looks; left out where it is not known. */
  readonly actor?: {readonly name: string; readonly noLogin: boolean}
  /** Why, where it is so. */
  readonly forbidden?: Forbidden | undefined
  /** `change freeze christmas until …`, while one holds here. */
  readonly freeze?: string | undefined
  /** `maintenance patching until …`, while one is open here. */
  readonly maintenance?: string | undefined
  /** Who watches: this process, an agent, another console, or nobody (with since when). */
  readonly monitor: {
    readonly state: 'here' | 'elsewhere' | 'nobody'
    readonly holder: string
    readonly lastSampleAt: number | undefined
    /** The configuration by which it is watched. */
    readonly inForce?: InForce | undefined
  }
  readonly alerts: readonly AlertRow[]
  /** Notifications of runs that nobody took within a week, the newest last, until somebody sends them again. */
  readonly undelivered?: readonly Undelivered[]
  /** What fires in the other environments, which are not in view; those where nothing does are left out. */
  readonly firingElsewhere?: readonly FiringElsewhere[]
  readonly runs: readonly RunRow[]
  /** Whether older runs are kept that are not among them. */
  readonly olderRuns?: boolean
  /** Things the console itself has to say: damaged store, disk full, audit not writable. */
  readonly notices: readonly {readonly level: 'info' | 'warning' | 'critical'; readonly text: string}[]
}
