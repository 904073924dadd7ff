/** One thing that happened while somebody watches, for the log of an agent. */
export interface LogEntry {
  readonly level: 'info' | 'warning' | 'error'
  /** A word for machines, which stays the same: `alert firing`, `notification failed`. */
  readonly event: string
  /** One line for people. */
  readonly message: string
  /** What machines want apart. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export type Log = (entry: LogEntry) => void
