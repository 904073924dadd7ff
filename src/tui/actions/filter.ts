import {filterField} from '../overlays/filter-field.ts'
import {listNoun, keepInList, withPlace} from '../state/lists.ts'
import {openNoun} from '../state/navigate.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged} from '../state/ui.ts'
import {defineAction, LISTS} from './action.ts'

export const filter = defineAction({
  id: 'filter',
  keys: ['/'],
  label: 'filter',
  description: 'Filter the list: words, !word to exclude, ~word for fuzzy; Esc clears it',
  where: LISTS,
  footer: 3,
  act: (state, at) => {
    const noun = listNoun(state)
    return unchanged(noun === undefined ? state : filterField.open(state, noun, at))
  },
  command: {name: 'filter', description: 'filter WORDS: filter the list', run: filterTo},
})

function filterTo(state: UiState, words: string): Change {
  const noun = listNoun(state)
  if (noun === undefined) return unchanged(telling(state, 'This screen has no list to filter.'))
  const opened = openNoun(state, noun)
  return {...opened, state: keepInList(withPlace(opened.state, noun, {filter: words}), noun)}
}
