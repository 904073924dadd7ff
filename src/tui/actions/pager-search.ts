import {searchField} from '../overlays/search-field.ts'
import {lineAt, pagerOf} from '../state/pager.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const search = defineAction({
  id: 'search',
  keys: ['/'],
  label: 'search',
  description: 'Search the text, from this line on',
  where: ['pager'],
  footer: 1,
  act: (state, at) => unchanged(searchField.open(state, undefined, at)),
})

export const searchOn = defineAction({
  id: 'search on',
  keys: ['n'],
  label: 'next',
  description: 'The next line that has what was searched for',
  where: ['pager'],
  footer: 2,
  visible: state => pagerOf(state)?.search !== '',
  act: state => searchAgain(state, false),
})

export const searchBack = defineAction({
  id: 'search back',
  keys: ['N'],
  label: 'back',
  description: 'The line before that has what was searched for',
  where: ['pager'],
  footer: 3,
  visible: state => pagerOf(state)?.search !== '',
  act: state => searchAgain(state, true),
})

function searchAgain(state: UiState, back: boolean): Change {
  const [screen, from] = [pagerOf(state), lineAt(state)]
  if (!screen || !from) return unchanged(telling(state, 'There is no line yet.'))
  return withEffects(state, {type: 'find', source: screen.source, what: {from, back, text: screen.search}})
}
