import {bodyOf, overviewColumns} from '../layout/body.ts'
import type {Noun} from '../panes/registry.ts'
import {ALL_PANES} from '../panes/registry.ts'
import type {UiState} from './ui.ts'

/** Which panes of the overview stand where: columns from left to right, each from top to bottom. */
export function arrangement(state: UiState): readonly (readonly Noun[])[] {
  const databases: readonly Noun[] = state.world.snapshot.databases.length > 0 ? ['databases'] : []
  switch (overviewColumns(state)) {
    case 1:
      return [ALL_PANES.filter(pane => pane.onOverview ?? true).map(pane => pane.noun)]
    case 2: {
      const room = bodyOf(state).height >= 24
      return [
        ['services', 'releases', 'runs'],
        ['alerts', 'caches', ...(room ? databases : []), 'backups'],
      ]
    }
    default:
      return [
        ['services', 'runs'],
        ['alerts', 'releases'],
        ['caches', ...databases, 'backups'],
      ]
  }
}

/** Moves the focus to a pane further on, or back. */
export function movePane(state: UiState, by: number): UiState {
  const order = arrangement(state).flat()
  const index = order.indexOf(state.focus)
  return {...state, focus: order[(index + by + order.length) % order.length] ?? 'services'}
}
