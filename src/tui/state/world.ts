import type {AuditRecord} from '../../audit/record.ts'
import type {RangeName, Series} from '../../monitors/series.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import type {OutputLine} from '../../runbooks/events.ts'
import type {Progress} from '../../runbooks/ports.ts'
import type {RunbookRow, RunRow} from '../../runbooks/rows.ts'
import type {OutputPage, OutputPages} from '../../runs/ports.ts'
import type {Keymap} from '../keymap/keymap.ts'
import type {RunState} from '../../runbooks/state.ts'

/** What the screens know of the world at one moment; read from the port, never changed here. */
export interface World {
  readonly snapshot: Snapshot
  readonly runbooks: readonly RunbookRow[]
  /** Keys that are others than the console's own. */
  readonly keymap?: Keymap | undefined
  /** Newest first; read only while the audit screen is open. */
  readonly audit: readonly AuditRecord[]
  /** Runs, newest first; read only while their list is open, which shows more of them than a snapshot. */
  readonly runs?: readonly RunRow[] | undefined
  /** How much of the history was read whose list is open. */
  readonly reach?: Reach | undefined
  /** Latencies of what is selected, or the figure that says most of it, while its details are in sight. */
  readonly series?: ShownSeries | undefined
  /** The run whose screen is open. */
  readonly run: OpenRun | undefined
  /** The part of its output that the pager is at. */
  readonly page?: OutputPage | undefined
  /** How the reading of logs goes that the pager is at. */
  readonly logs?: Omit<LogsView, 'pages'> | undefined
}

/** A history is read from its newest entry back, and further when somebody goes there. */
export interface Reach {
  readonly noun: 'audit' | 'runs'
  /** Entries that were asked for, and those that there were: fewer are all that can be read. */
  readonly asked: number
  readonly read: number
  /** Entries that are kept, of all environments. */
  readonly total: number
}

export type ChartedNoun = 'services' | 'databases' | 'alerts' | 'releases' | 'servers' | 'heartbeats'

export interface ShownSeries extends Series {
  readonly noun: ChartedNoun
  readonly name: string
  readonly range: RangeName
}

/** A run, and whether its runner is gone though it has not ended. */
export type ShownRun = RunState & {readonly lost?: boolean}

export interface OpenRun {
  readonly id: string
  readonly state: ShownRun | undefined
  readonly lines: readonly OutputLine[]
  /** Lines there are in all; `lines` are the last of them. */
  readonly total: number
  readonly progress: Progress | undefined
}

export interface LogsView {
  readonly pages: OutputPages
  /** More may come by itself. */
  readonly reading: boolean
  /** Why there is not more, or nothing. */
  readonly trouble: string | undefined
}
