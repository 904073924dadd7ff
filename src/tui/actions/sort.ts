import {PANES} from '../panes/registry.ts'
import {keepInList, listed, listNoun, withPlace} from '../state/lists.ts'
import {isSortable} from '../state/sort.ts'
import type {UiState} from '../state/ui.ts'
import {placeOf, telling, unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const sort = defineAction({
  id: 'sort',
  keys: ['o'],
  label: 'sort',
  description: 'Sort by the next column; after the last one what wants attention comes first again',
  where: ['list'],
  footer: 13,
  act: state => unchanged(sorted(state)),
})

export const reverse = defineAction({
  id: 'reverse',
  keys: ['O'],
  label: 'reverse',
  description: 'Sort the other way round',
  where: ['list'],
  visible: state => sortOf(state) !== undefined,
  act: state => {
    const [noun, by] = [listNoun(state), sortOf(state)]
    if (noun === undefined || !by) return unchanged(state)
    return unchanged(keepInList(withPlace(state, noun, {sort: {...by, down: !by.down}}), noun))
  },
})

export const wide = defineAction({
  id: 'wide',
  keys: ['w'],
  label: 'wide',
  description: 'The table alone over the whole screen, with more columns; again: with its details',
  where: ['list'],
  footer: 14,
  act: state => {
    const noun = listNoun(state)
    if (noun === undefined) return unchanged(state)
    return unchanged(keepInList(withPlace(state, noun, {wide: placeOf(state, noun).wide !== true}), noun))
  },
})

const sortOf = (state: UiState) => {
  const noun = listNoun(state)
  return noun === undefined ? undefined : placeOf(state, noun).sort
}

function sorted(state: UiState): UiState {
  const noun = listNoun(state)
  if (noun === undefined) return state
  const {columns} = PANES[noun]
  const {rows} = listed(state, noun)
  const titles = columns.filter(column => isSortable(rows, column, state.now)).map(({title}) => title)
  const by = sortOf(state)
  const next = titles[by ? titles.indexOf(by.column) + 1 : 0]
  const sort = next === undefined ? undefined : {column: next, down: false}
  const said = next === undefined ? 'Sorted by what wants attention.' : `Sorted by ${next.toLowerCase()}; O reverses.`
  return telling(keepInList(withPlace(state, noun, {sort}), noun), said)
}
