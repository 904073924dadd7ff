import type {LargeObjects, TableMeasurements, UnprovedTable} from './manifest.ts'

/** So many are named; of the others only how many there are. */
const NAMED = 3

/** What stands for the schema of what is no table: paths of a directory. */
export const TREE = 'tree'

/** `proved 41 of 42 tables; public.x: reason` for a backup that cannot tell all that it holds; undefined when it can. */
export function provedWords(of: {
  readonly tables: readonly TableMeasurements[]
  readonly unproved: readonly UnprovedTable[]
  readonly largeObjects?: LargeObjects | null
}): string | undefined {
  const {tables, unproved, largeObjects = null} = of
  const objects =
    largeObjects !== null && 'unread' in largeObjects ? [`large objects not compared: ${largeObjects.unread}`] : []
  if (unproved.length === 0) return objects[0]
  const named = unproved
    .slice(0, NAMED)
    .map(({schema, name, reason}) => (schema === TREE ? `${name}: ${reason}` : `${schema}.${name}: ${reason}`))
  const more = unproved.length > NAMED ? [`and ${unproved.length - NAMED} more`] : []
  const count =
    unproved[0]?.schema === TREE
      ? `${unproved.length} paths not compared`
      : `proved ${tables.length} of ${tables.length + unproved.length} tables`
  return [count, ...named, ...more, ...objects].join('; ')
}
