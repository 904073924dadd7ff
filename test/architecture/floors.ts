import {roomOf} from './sources.ts'

/**
 * The rooms of `src`, from the ground up. A room uses what stands on the floors below it; rooms of one floor do not know
 * each other, but for those of the ground floor. A new room is a word on its floor.
 */
export const FLOORS: readonly (readonly string[])[] = [
  // Leaves: anyone may use them, and they use only each other.
  ['errors', 'units', 'text', 'processes', 'identity', 'files', 'connections', 'kinds', 'trust', 'platforms'],
  ['audit', 'shell', 'probes'],
  ['admission', 'alerts'],
  ['monitors'],
  // Kinds: one noun a room. A backup is of a database.
  ['services', 'databases', 'caches', 'releases', 'schedules', 'heartbeats'],
  ['backups'],
  ['drills'],
  ['runbooks'],
  // What is made of all that stands below: the configuration of the sections, then the snapshot of the rows.
  ['config', 'authoring', 'lab'],
  ['overview'],
  ['runs'],
  ['commands', 'tui', 'store'],
  ['app'],
  ['program'],
  ['cli', 'api'],
]

/** Files that speak for everybody: they stand on the ground floor, wherever their room is. */
export const WORDS: Readonly<Record<string, string>> = {
  'src/config/fields.ts': 'the fields that the schema of every section is made of',
  'src/config/environment.ts': 'the environment that every change and every entry belongs to',
  'src/monitors/objectives/objective.ts': 'what is promised of a target, and what was spent of its budgets',
  'src/monitors/objectives/budget.ts': 'what is left of a budget, for rules, rows and screens: the formula, pure',
  'src/monitors/rows.ts': 'what is known of a target, as rows are made of it',
  'src/monitors/sample.ts': 'the words in which all rooms speak of targets, samples and states',
}

/** Height of a file's floor. Undefined: the room is on no floor. */
export function floorOf(file: string): number | undefined {
  if (file in WORDS) return 0
  const floor = FLOORS.findIndex(rooms => rooms.includes(roomOf(file)))
  return floor < 0 ? undefined : floor
}

/** Whether a file may import another, by their floors. */
export function mayUse(file: string, target: string): boolean {
  if (!(file in WORDS) && roomOf(file) === roomOf(target)) return true
  const [from, to] = [floorOf(file), floorOf(target)]
  return from !== undefined && to !== undefined && (to < from || (from === 0 && to === 0))
}
