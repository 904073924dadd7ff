/** Something of a server that stands in the way of a restore, and what would change that. */
export interface Misfit {
  readonly what: string
  /** To be pasted, quoted: statements end with a semicolon, the others are for a shell on the server. */
  readonly commands: readonly string[]
  /** Whether `globals=true` makes it. */
  readonly byGlobals: boolean
}

/** How a server suits a backup. */
export interface Fit {
  /** The role, and whether it is a superuser: `owner1 (no superuser)`. */
  readonly as: string
  /** Where, and which version: `PostgreSQL 15.13 on db1:5432`. */
  readonly where: string
  readonly misfits: readonly Misfit[]
  /** What will be different, and what could not be seen from here. */
  readonly notes: readonly string[]
}
