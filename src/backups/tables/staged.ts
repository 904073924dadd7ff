import type {TableMeasurements} from '../manifest.ts'
import type {TableName} from './table-name.ts'

/** What is known of tables that were brought out of a backup, as plain data: it is saved in the run. */
export interface Staged {
  /** As they were named: an ordinary table, a partitioned one, or a part of one. */
  readonly tables: readonly StagedTable[]
  /** These and their parts. */
  readonly members: readonly TableName[]
  /** Rows and checksum of every member that holds rows, under its own name. */
  readonly measured: readonly TableMeasurements[]
  /** From and to other tables. None is on the copy: it stands beside tables that went on. */
  readonly foreignKeys: readonly ForeignKey[]
  /** Extended statistics, which are named apart from their table. */
  readonly statistics: readonly TableName[]
  /** That named them in the backup. */
  readonly publications: readonly {readonly table: TableName; readonly name: string}[]
  /** Views that read them, in the backup. */
  readonly views: readonly string[]
  /** One line for people. */
  readonly proof: string
}

export interface StagedTable extends TableName {
  readonly partitioned: boolean
  /** Of what it is a part, and which; or what it inherits from. */
  readonly parents: readonly (TableName & {readonly bound: string | null})[]
}

export interface ForeignKey {
  readonly table: TableName
  readonly name: string
  /** `FOREIGN KEY (customer) REFERENCES public.customers(id)`, with every name whole. */
  readonly definition: string
  readonly comment: string | null
}
