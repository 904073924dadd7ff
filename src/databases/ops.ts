/** What runbooks can do with a database. Filled in beside the code in this folder. */
export interface DatabaseOps {
  readonly name: string
  /** Rows of a read-only query, values as text. */
  query(sql: string, values?: readonly (string | number)[]): Promise<readonly Record<string, string | null>[]>
}
