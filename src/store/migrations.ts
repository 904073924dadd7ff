/** Every schema change ever made, in order. Never edit one that was released; add the next number. */
export const migrations: readonly {readonly version: number; readonly sql: string}[] = [
  {version: 1, sql: 'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'},
]
