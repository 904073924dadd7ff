import {derived} from '../swap-names.ts'
import type {TableName} from './table-name.ts'

/** Where the tables of a run stand beside the live ones: a schema of its own for each of theirs, closed to everybody else. */
export const restoredSchema = (schema: string, run: string): string => derived(schema, 'restored', run)
/** And where the rows are kept that were exchanged. */
export const keptSchema = (schema: string, run: string): string => derived(schema, 'before', run)

export const beside = ({schema, name}: TableName, run: string): TableName => ({
  schema: restoredSchema(schema, run),
  name,
})
export const kept = ({schema, name}: TableName, run: string): TableName => ({schema: keptSchema(schema, run), name})

/** Each schema once. */
export const schemasOf = (tables: readonly TableName[], rename: (schema: string) => string): readonly string[] => [
  ...new Set(tables.map(({schema}) => rename(schema))),
]
