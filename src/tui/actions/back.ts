import {back as oneBack, leaveRun} from '../state/navigate.ts'
import {withPlace} from '../state/lists.ts'
import type {Change, UiState} from '../state/ui.ts'
import {currentScreen, placeOf, unchanged, withScreen} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const back = defineAction({
  id: 'back',
  keys: ['esc', 'backspace'],
  label: 'back',
  description: 'One screen back; clears the filter and the marks first',
  where: [...BROWSING, 'runbooks', 'params'],
  footer: 21,
  visible: state => currentScreen(state).kind !== 'overview',
  act: clearOrBack,
})

/** Esc first takes away the filter, then the marks, then the screen. */
export function clearOrBack(state: UiState): Change {
  const screen = currentScreen(state)
  if (screen.kind === 'run') return leaveRun(state)
  if (screen.kind === 'pager' && screen.whole) return unchanged(withScreen(state, {...screen, whole: false}))
  const noun = screen.kind === 'list' ? screen.noun : undefined
  if (noun !== undefined && placeOf(state, noun).filter !== '') return unchanged(withPlace(state, noun, {filter: ''}))
  if (noun !== undefined && placeOf(state, noun).marks.length > 0) return unchanged(withPlace(state, noun, {marks: []}))
  return oneBack(state)
}
