import {withKey} from '../keymap/key-label.ts'
import type {Noun} from '../panes/registry.ts'
import {PANES} from '../panes/registry.ts'
import {isOnOverview} from './arrangement.ts'
import {listNoun, selectedRow} from './lists.ts'
import type {Change, Screen, UiState} from './ui.ts'
import {currentScreen, telling, unchanged, withEffects} from './ui.ts'

/** Opens a screen above the current one. The world is read again: the new screen may need more of it. */
export const push = (state: UiState, screen: Screen): Change =>
  withEffects(
    {...state, screens: [...state.screens, screen], before: state.screens, overlay: undefined},
    {type: 'read'},
  )

/** Opens a screen in the place of the current one, so that Esc does not lead back into a half-done form. */
export const replace = (state: UiState, screen: Screen): Change =>
  withEffects({...state, screens: [...state.screens.slice(0, -1), screen]}, {type: 'read'})

/** One screen back; on the overview there is nowhere to go. */
export function back(state: UiState): Change {
  if (state.screens.length <= 1) return unchanged(state)
  const leaving = currentScreen(state)
  const change = withEffects({...state, screens: state.screens.slice(0, -1), before: state.screens}, {type: 'read'})
  return leaving.kind === 'planning' ? {...change, effects: [...change.effects, {type: 'forget plan'}]} : change
}

/** Goes to a noun's screen, from wherever. */
export function openNoun(state: UiState, noun: Noun): Change {
  const screen = currentScreen(state)
  if (screen.kind === 'list' && screen.noun === noun) return unchanged(state)
  return withEffects(
    {
      ...state,
      screens: [{kind: 'overview'}, {kind: 'list', noun}],
      before: state.screens,
      overlay: undefined,
      focus: isOnOverview(state, noun) ? noun : state.focus,
    },
    {type: 'read'},
  )
}

export const openOverview = (state: UiState): Change =>
  withEffects({...state, screens: [{kind: 'overview'}], before: state.screens, overlay: undefined}, {type: 'read'})

/** The screen before this one; twice is back again. Forms and plans are not come back to: they may be stale. */
export function last(state: UiState): Change {
  const before = state.before?.filter(screen => !['planning', 'params', 'plan', 'runbooks'].includes(screen.kind))
  if (!before || before.length === 0) return unchanged(state)
  return withEffects({...state, screens: before, before: state.screens}, {type: 'read'})
}

/** The screen of a run, following its output. */
export const runScreen = (id: string): Screen => ({kind: 'run', id, back: 0, anchor: 0, half: 'output'})

/** Opens a run's screen and remembers that it was seen here. */
export function openRun(
  state: UiState,
  id: string,
  options: {readonly started: boolean; readonly replacing?: boolean},
): Change {
  const known = state.seen.some(run => run.id === id)
  const seen = known ? state.seen : [...state.seen, {id, started: options.started}]
  const remembered = {...state, seen, overlay: undefined}
  return options.replacing ? replace(remembered, runScreen(id)) : push(remembered, runScreen(id))
}

/** Everything that is known of the selected row, on a screen of its own. */
export function openDetails(state: UiState): Change {
  const noun = listNoun(state)
  const row = noun === undefined ? undefined : selectedRow(state, noun)
  if (noun === undefined || row === undefined) return unchanged(state)
  return push(state, {kind: 'details', noun, id: PANES[noun].id(row), scroll: 0})
}

/** Leaves the screen of a run; the run continues. */
export function leaveRun(state: UiState): Change {
  const change = back(state)
  const ended = state.world.run?.state?.outcome !== undefined
  const returns = withKey(state, {id: 'active run', key: 'R'}, 'returns to it')
  return {
    ...change,
    state: ended ? change.state : telling(change.state, `The run continues; ${returns || 'it is in the header'}.`),
  }
}
