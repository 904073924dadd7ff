import type {TableMeasurements, UnprovedTable} from './manifest.ts'

/** What is known of the tables of a database. */
export interface Measurements {
  readonly tables: readonly TableMeasurements[]
  /** Those that could not be read, each with its reason. */
  readonly unproved: readonly UnprovedTable[]
}

export interface TableDifference {
  readonly table: string
  readonly reason: string
}

type Named = Pick<TableMeasurements, 'schema' | 'name'>
const key = (table: Named): string => `${table.schema}.${table.name}`

/** Every table that is missing, new, or differs. What the backup knows nothing of has only to be there. Pure. */
export function compareMeasurements(expected: Measurements, found: Measurements): readonly TableDifference[] {
  const measured = new Map(found.tables.map(table => [key(table), table]))
  const unread = new Map(found.unproved.map(table => [key(table), table.reason]))
  const differences: TableDifference[] = []
  for (const table of expected.tables) {
    const reason = differenceOf(table, measured.get(key(table)), unread.get(key(table)))
    if (reason !== undefined) differences.push({table: key(table), reason})
  }
  for (const table of expected.unproved)
    if (!measured.has(key(table)) && !unread.has(key(table))) differences.push({table: key(table), reason: 'missing'})
  const known = new Set([...expected.tables, ...expected.unproved].map(key))
  for (const name of [...measured.keys(), ...unread.keys()])
    if (!known.has(name)) differences.push({table: name, reason: 'not in the backup'})
  return differences
}

function differenceOf(
  table: TableMeasurements,
  other: TableMeasurements | undefined,
  unread: string | undefined,
): string | undefined {
  if (unread !== undefined) return `cannot be read: ${unread}`
  if (other === undefined) return 'missing'
  if (other.rows !== table.rows) return `${other.rows} rows instead of ${table.rows}`
  return other.checksum === table.checksum ? undefined : `${table.rows} rows, but other content`
}
