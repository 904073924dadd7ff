import {z} from 'zod'
import {backupKind} from '../backups/kind.ts'
import {cacheKind} from '../caches/kind.ts'
import {databaseKind} from '../databases/kind.ts'
import type {AnyKind, Entry, EntryOf, EntrySchema} from '../kinds/define-kind.ts'
import {once} from '../units/once.ts'
import type {WatchedRow} from '../monitors/rows.ts'
import {heartbeatKind} from '../heartbeats/kind.ts'
import {releaseKind} from '../releases/kind.ts'
import {scheduleKind} from '../schedules/kind.ts'
import {serviceKind} from '../services/kind.ts'

/** Every noun of the product, in the order in which people see them. The configuration is made of it. */
export const KINDS = [
  serviceKind,
  databaseKind,
  cacheKind,
  backupKind,
  releaseKind,
  scheduleKind,
  heartbeatKind,
] as const

type Known = (typeof KINDS)[number]
export type Section = Known['section']

/** The lists of a loaded configuration. */
export type Entries = {readonly [Each in Known as Each['section']]: readonly EntryOf<Each['schema']>[]}
/** What kinds need of a loaded configuration. */
export interface Loaded extends Entries {
  readonly file: string
}

/** All kinds, for what is done with them alike. */
export const kinds: readonly AnyKind<Loaded>[] = KINDS

/** The lists of a snapshot. */
export type Rows = {readonly [Each in Known as Each['section']]: ReturnType<Each['rows']>}
/** What runbooks can do with a named entry, or with the only one. */
export type KindOps = {
  readonly [Each in Known as OpsOf<Each> extends never ? never : Each['target']]: (name?: string) => OpsOf<Each>
}
/** What opens the operations of one kind for one step. */
export type OpenKindOps = Awaited<ReturnType<NonNullable<AnyKind<Loaded>['ops']>>>

type OpsOf<Each extends Known> = ReturnType<Awaited<ReturnType<NonNullable<Each['ops']>>>>

type SectionSchemas = {
  readonly [Each in Known as Each['section']]: z.ZodDefault<z.ZodArray<Each['schema']>>
}
/** A list for each noun. */
export const sectionSchemas = once(
  () =>
    Object.fromEntries(
      kinds.map(({section, schema, meaning}) => [section, z.array(schema).default([]).describe(meaning)]),
    ) as unknown as SectionSchemas,
)

/** Anything that says whose list is meant. */
interface Listed {
  readonly section: string
}

/** The entries of one kind, for what is done with all alike. */
export const entriesOf = (config: Entries, {section}: Listed): readonly EntryOf<EntrySchema>[] =>
  config[section as Section]

/** The same before they are placed. */
export const entriesIn = (
  config: {readonly [Each in Section]: readonly Entry[]},
  {section}: AnyKind,
): readonly Entry[] => config[section as Section]

/** The rows of one kind, likewise. */
export const rowsOf = (rows: Rows, {section}: Listed): readonly WatchedRow[] => rows[section as Section]
