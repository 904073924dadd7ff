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
    case 2:
      return [['services', 'releases', 'runs'], right(state)]
    default:
      return [
        ['services', 'runs'],
        ['alerts', 'releases'],
        ['caches', 'databases', 'backups'],
      ]
  }
}

/** Beside alerts, a low screen has room for two of these three: databases give way, or caches that are well while a database is not. */
function right(state: UiState): readonly Noun[] {
  const all: readonly Noun[] = ['caches', 'databases', 'backups']
  const shown = all.filter(noun => isOnOverview(state, noun))
  if (bodyOf(state).height >= 24 || shown.length < all.length) return ['alerts', ...shown]
  const {caches, databases} = state.world.snapshot
  const isWorse = databases.some(row => row.state !== 'up') && caches.every(row => row.state === 'up')
  const away: Noun = state.focus === 'databases' || (isWorse && state.focus !== 'caches') ? 'caches' : 'databases'
  return ['alerts', ...shown.filter(noun => noun !== away)]
}

/** Moves the focus to a pane further on, or back. */
export function movePane(state: UiState, by: number): UiState {
  const order = arrangement(state).flat()
  const index = order.indexOf(state.focus)
  return {...state, focus: order[(index + by + order.length) % order.length] ?? 'services'}
}
