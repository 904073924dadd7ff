import type {AuditRecord} from '../../audit/record.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import type {OutputLine} from '../../runbooks/events.ts'
import type {Progress} from '../../runbooks/ports.ts'
import type {RunbookRow} from '../../runbooks/rows.ts'
import type {OutputPage, OutputPages} from '../../runs/ports.ts'
import type {RunState} from '../../runbooks/state.ts'

/** What the screens know of the world at one moment; read from the port, never changed here. */
export interface World {
  readonly snapshot: Snapshot
  readonly runbooks: readonly RunbookRow[]
  /** Newest first; read only while the audit screen is open. */
  readonly audit: readonly AuditRecord[]
  /** The run whose screen is open. */
  readonly run: OpenRun | undefined
  /** The part of its output that the pager is at. */
  readonly page?: OutputPage | undefined
  /** How the reading of logs goes that the pager is at. */
  readonly logs?: Omit<LogsView, 'pages'> | undefined
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

/** One instance of a release. */
export interface LogPlace {
  readonly release: string
  readonly instance: string
}

export interface LogsView {
  readonly pages: OutputPages
  /** More may come by itself. */
  readonly reading: boolean
  /** Why there is not more, or nothing. */
  readonly trouble: string | undefined
}
