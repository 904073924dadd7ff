import {bodyOf, overviewColumns} from '../layout/body.ts'
import type {Noun} from '../panes/registry.ts'
import {ALL_PANES} from '../panes/registry.ts'
import type {UiState} from './ui.ts'

/** Always there, so that an empty one says that nothing fires and nothing runs. */
const ALWAYS: readonly Noun[] = ['services', 'alerts', 'runs']

/** Whether a noun has a pane on the overview: what is not configured in this environment takes no room. */
export function isOnOverview({world}: UiState, noun: Noun): boolean {
  const pane = ALL_PANES.find(each => each.noun === noun)
  return pane !== undefined && (pane.onOverview ?? true) && (ALWAYS.includes(noun) || pane.rows(world).length > 0)
}

/** Which panes of the overview stand where: columns from left to right, each from top to bottom. */
export function arrangement(state: UiState): readonly (readonly Noun[])[] {
  const columns = placed(state).map(nouns => nouns.filter(noun => isOnOverview(state, noun)))
  return columns.filter(nouns => nouns.length > 0)
}

function placed(state: UiState): readonly (readonly Noun[])[] {
  switch (overviewColumns(state)) {
    case 1:
      return [ALL_PANES.map(pane => pane.noun)]
    case 2: {
      const room = bodyOf(state).height >= 24
      return [
        ['services', 'releases', 'runs'],
        ['alerts', 'caches', ...(room ? (['databases'] as const) : []), 'backups'],
      ]
    }
    default:
      return [
        ['services', 'runs'],
        ['alerts', 'releases'],
        ['caches', 'databases', 'backups'],
      ]
  }
}

/** Moves the focus to a pane further on, or back. */
export function movePane(state: UiState, by: number): UiState {
  const order = arrangement(state).flat()
  const index = order.indexOf(state.focus)
  return {...state, focus: order[(index + by + order.length) % order.length] ?? 'services'}
}
