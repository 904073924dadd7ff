import type {AlertRow} from '../../alerts/rows.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import type {Line} from '../layout/line.ts'
import type {Cells, Column} from '../components/table.ts'
import type {ShownSeries, World} from '../state/world.ts'

/** What a details view is drawn with. */
export interface DetailsView {
  readonly now: number
  /** Columns to draw in. */
  readonly width: number
  /** Rows of its pane, of which there may be many: charts grow with them. */
  readonly height?: number
  /** Latencies of the row, or another figure of it, over the range that was chosen, where they are read. */
  readonly series?: ShownSeries | undefined
  /** An answer of what is charted that is slower is degraded. */
  readonly threshold?: number | undefined
  /** Alerts of this environment. */
  readonly alerts?: readonly AlertRow[]
  /** Runs of this environment, the newest first. */
  readonly runs?: readonly RunRow[]
  /** When runs changed something, for the marks of charts. */
  readonly changes?: readonly number[]
}

/** One noun as its folder describes it. Adding a pane is one such object and a line in the registry. */
export interface PaneDefinition<Row, Name extends string> {
  readonly noun: Name
  readonly title: string
  /** Opens it after `g`. */
  readonly letter: string
  /** A key of its own, beside number and letter. */
  readonly key?: string
  /** Other names after `:`. */
  readonly aliases?: readonly string[]
  /** All of its rows in words; the noun when left out. */
  readonly many?: string
  /** Whether it has a place on the overview; left out: yes. */
  readonly onOverview?: boolean
  /** One row's name, for titles. */
  readonly one: string
  /** Shown when there is none. */
  readonly empty: string
  readonly rows: (world: World) => readonly Row[]
  readonly id: (row: Row) => string
  /** Title of its details; its id when left out. */
  readonly name?: (row: Row) => string
  /** Text that the filter looks at. */
  readonly search: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  /** Columns of the overview pane; the screen's own when left out. */
  readonly compact?: readonly Column<Row>[]
  readonly stale?: (row: Row, now: number) => boolean
  readonly details: (row: Row, view: DetailsView) => readonly Line[]
  /** Right end of the pane's border: counts that matter. */
  readonly note?: (rows: readonly Row[], now: number, short?: boolean) => Line
  /** Lines under a row of the overview pane, where there is room for them: parts, said as far as they fit, or cells. */
  readonly more?: (row: Row, now: number) => readonly (readonly Line[] | Cells)[]
  /** What `y` copies. */
  readonly copy: (row: Row) => string
  /** What hotkeys can fill in from a row, beside its id; `name` is the id when left out. */
  readonly values?: Readonly<Record<string, (row: Row) => string | undefined>>
}

/** A pane with the type of its rows hidden, as the registry holds it. */
export interface Pane<Name extends string = string> extends Omit<PaneDefinition<unknown, Name>, 'rows'> {
  readonly rows: (world: World) => readonly unknown[]
}

/** Hides the row type: rows that come out of a pane only ever go back into the same pane. */
export const definePane = <const Name extends string, Row>(definition: PaneDefinition<Row, Name>): Pane<Name> =>
  ({...definition, rows: oncePerWorld(definition.rows)}) as unknown as Pane<Name>

/** A key and its frame ask for the rows a dozen times: thousands are put in order once for what is known at one moment. */
function oncePerWorld<Row>(rows: (world: World) => readonly Row[]): (world: World) => readonly Row[] {
  const known = new WeakMap<World, readonly Row[]>()
  return world => {
    const made = known.get(world) ?? rows(world)
    known.set(world, made)
    return made
  }
}
