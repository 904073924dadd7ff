export type Role = 'master' | 'replica' | 'unknown'

const ROLES: Readonly<Record<string, Role>> = {
  master: 'master',
  primary: 'master',
  // KeyDB: every one of them takes writes and passes them on.
  'active-replica': 'master',
  replica: 'replica',
  slave: 'replica',
}

/** The many words for two roles. */
export const roleOf = (word: string | undefined): Role =>
  (word === undefined ? undefined : ROLES[word.toLowerCase()]) ?? 'unknown'
