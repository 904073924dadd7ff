import type {RunbookParam} from '../../runbooks/rows.ts'
import {ALL_PANES} from '../panes/registry.ts'
import type {World} from './world.ts'

/** Panes whose rows are things of the configuration: a parameter of their name is one of them. */
const CONFIGURED: ReadonlySet<string> = new Set(['services', 'databases', 'caches', 'backups', 'releases', 'schedules'])

/** The values of a parameter that the configuration knows, such as the names of releases; others can be typed as well. */
export function knownValues(world: World, param: RunbookParam): readonly string[] {
  if (param.type === 'choice') return param.choices
  if (param.type === 'boolean') return ['false', 'true']
  const pane = ALL_PANES.find(({noun, one}) => one === param.name && CONFIGURED.has(noun))
  return pane === undefined || param.type !== 'string' || param.secret ? [] : pane.rows(world).map(row => pane.id(row))
}

/** The known value that the text may become: the first that begins with it, after a whole one the next. */
export function nextKnown(known: readonly string[], text: string): string | undefined {
  const at = known.indexOf(text)
  if (at >= 0) return known[(at + 1) % known.length]
  return known.find(value => value.startsWith(text))
}
