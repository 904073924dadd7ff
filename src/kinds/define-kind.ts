import type {z} from 'zod'
import type {ResolveSecret} from '../config/fields.ts'
import type {Objective} from '../monitors/objectives/objective.ts'
import type {Watch, WatchedRow} from '../monitors/rows.ts'
import type {Target} from '../monitors/sample.ts'
import type {Exec} from '../processes/exec.ts'
import type {Matcher} from '../text/matcher.ts'
import type {Clock} from '../units/clock.ts'
import type {DoctorTools, Program} from './define-driver.ts'
import type {Issue} from './issue.ts'
import type {Memory} from './memory.ts'
import type {Records} from './records.ts'
import type {OpsTools} from './ops-tools.ts'
import type {Places} from './places.ts'
import type {Check} from './verdict.ts'

/** What every entry of every section has. */
export interface Entry {
  readonly name: string
  readonly environment?: string | undefined
  readonly interval: number
  readonly timeout: number
}
export type EntrySchema = z.ZodType<Entry>

/** An entry after loading: it always knows its environment. */
export type Placed<Of> = Of & {readonly environment: string}
export type EntryOf<Schema extends EntrySchema> = Placed<z.output<Schema>>

/** What a kind may use to make its targets. */
export interface KindTools {
  readonly clock: Clock
  readonly secret: ResolveSecret
  readonly exec: Exec
  readonly matcher: Matcher
  /** What our last run left of each target; left out where nothing is kept. */
  readonly memory?: Memory
  /** What is kept of targets that tell us, instead of being asked; likewise. */
  readonly records?: Records
}

/** What an entry sees of the others in its environment while it is checked. */
export interface Neighbours {
  /** Names in the given sections. */
  names(...sections: readonly string[]): ReadonlySet<string>
}

/**
 * A noun of the product: services, caches, backups. Whatever the product does with all nouns alike, it does by asking
 * these questions of each in turn, so that a new noun is its folder, its pane and a line in `config/kinds.ts`.
 */
export interface Kind<
  Section extends string,
  Name extends string,
  Schema extends EntrySchema,
  Needs,
  Row extends WatchedRow,
  KindOps,
> {
  /** Its list in the configuration and in a snapshot: `caches`. */
  readonly section: Section
  /** One of them, as in `cache/production/sessions`. */
  readonly target: Name
  /** What the section is, for its documentation. */
  readonly meaning: string
  readonly schema: Schema
  /** Entries with every key there is, for the commented example. */
  readonly examples: readonly z.input<Schema>[]
  /** The entry with its relative paths resolved; left out when it has none. */
  paths?(entry: EntryOf<Schema>, places: Places): EntryOf<Schema>
  /** What is promised of an entry, so that its error budget is counted. */
  objective?(entry: EntryOf<Schema>): Objective | undefined
  /** Whether changes of ours note what they left of it, so that it is probed as soon as they did. */
  readonly isNoted?: boolean
  /** What the schema cannot see, by path from the entry. Names, intervals and environments are checked for all alike. */
  check?(entry: EntryOf<Schema>, neighbours: Neighbours): readonly Issue[]
  /** One target for each entry: loads what probes them. Nothing is connected before the first probe. */
  targets(config: Needs, tools: KindTools): Promise<readonly Target[]>
  /** One row for each entry, all at the same moment. */
  rows(config: Needs, watch: Watch): readonly Row[]
  /** What `status` shows of a row beside its state, name, age and reason. */
  glance(row: Row): readonly string[]
  /** What the doctor asks; when left out, the target is probed. A rejection is a failed check. */
  doctor?(entry: EntryOf<Schema>, tools: DoctorTools): Promise<readonly Check[]>
  /** Programs that an entry needs here. */
  programs?(entry: EntryOf<Schema>): readonly Program[]
  /** Loads what a runbook can see and change of an entry of this configuration. The authors' API names it in `runbooks/ops.ts`. */
  ops?(config: Needs): Promise<(config: Needs, entry: EntryOf<Schema>, tools: OpsTools) => KindOps>
}

/** A kind of which nothing is known but that it is one, for what is done with all alike. `Loaded` is the configuration. */
export type AnyKind<Loaded = never> = Kind<string, string, EntrySchema, Loaded, WatchedRow, unknown>

/** Declares a noun; only the types are checked. */
export const defineKind = <
  const Section extends string,
  const Name extends string,
  Schema extends EntrySchema,
  Needs,
  Row extends WatchedRow,
  KindOps = never,
>(
  kind: Kind<Section, Name, Schema, Needs, Row, KindOps>,
): Kind<Section, Name, Schema, Needs, Row, KindOps> => kind
