import type {Memory} from '../kinds/memory.ts'
import type {Watch} from '../monitors/rows.ts'
import {type TargetKind, targetId} from '../monitors/sample.ts'

interface ShownRow {
  readonly environment: string
  readonly name: string
  readonly reason: string
  /** Of the probe that it shows. */
  readonly at: number | undefined
}

/** Rows that show a probe from before our last change of what they show, marked so: it is probed anew at once. */
export const sinceChanged = <Row extends ShownRow>(
  kind: TargetKind,
  rows: readonly Row[],
  memory: Pick<Memory, 'writtenAt'>,
): readonly Row[] =>
  rows.map(row => {
    const changed = memory.writtenAt?.(targetId(kind, row.environment, row.name))
    return changed === undefined || row.at === undefined || row.at >= changed
      ? row
      : {...row, reason: `${row.reason}; probed before a run changed it`}
  })

interface RowsOfKind<Config> {
  readonly target: TargetKind
  rows(config: Config, watch: Watch): readonly ShownRow[]
}

/** All rows of a kind at one moment. */
export const rowsOf = <Config>(
  kind: RowsOfKind<Config>,
  {config, memory}: {readonly config: () => Config; readonly memory: Memory},
  watch: Watch,
): readonly ShownRow[] => sinceChanged(kind.target, kind.rows(config(), watch), memory)
