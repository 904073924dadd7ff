import type {Noun} from '../panes/registry.ts'
import {PANES} from '../panes/registry.ts'
import {listLayout} from '../layout/body.ts'
import {filterRows} from './filter.ts'
import {sortRows} from './sort.ts'
import type {Place, Screen, UiState} from './ui.ts'
import {currentScreen, placeOf, withScreen} from './ui.ts'

/** The rows of a list as they are shown: filtered. */
export interface Listed {
  readonly rows: readonly unknown[]
  readonly total: number
}

export function listed(state: UiState, noun: Noun): Listed {
  const pane = PANES[noun]
  const all = pane.rows(state.world)
  const {filter, sort} = placeOf(state, noun)
  if (filter === '' && !sort) return {rows: all, total: all.length}
  const asked = JSON.stringify([noun, filter, sort, sort && state.now])
  const known = LISTED.get(all)
  if (known?.asked === asked) return known.listed
  const found = filterRows(all, filter, pane.search)
  const column = sort && pane.columns.find(({title}) => title === sort.column)
  const rows = sort && column ? sortRows(found, column, {now: state.now, down: sort.down}) : found
  const listed = {rows, total: all.length}
  LISTED.set(all, {asked, listed})
  return listed
}

/** What was made of rows last, as long as somebody has them: a key and its frame ask a dozen times. */
const LISTED = new WeakMap<readonly unknown[], {readonly asked: string; readonly listed: Listed}>()

/** Index of the selected row: it follows its row when rows move, and stays where it was when the row is gone. */
export function selectedIndex(rows: readonly unknown[], noun: Noun, place: Place): number {
  const found = place.id === undefined ? -1 : rows.findIndex(row => PANES[noun].id(row) === place.id)
  return found >= 0 ? found : Math.max(0, Math.min(place.index, rows.length - 1))
}

export function selectedRow(state: UiState, noun: Noun): unknown {
  const {rows} = listed(state, noun)
  return rows[selectedIndex(rows, noun, placeOf(state, noun))]
}

/** The rows an action is for: the marked ones, else the selected one. */
export function chosenRows(state: UiState, noun: Noun): readonly unknown[] {
  const marks = new Set(placeOf(state, noun).marks)
  const marked = marks.size === 0 ? [] : listed(state, noun).rows.filter(row => marks.has(PANES[noun].id(row)))
  if (marked.length > 0) return marked
  const row = selectedRow(state, noun)
  return row === undefined ? [] : [row]
}

/** The noun whose rows the keys move on: the list's own, or that of the overview's pane. */
export function listNoun(state: UiState, screen: Screen = currentScreen(state)): Noun | undefined {
  if (screen.kind === 'list' || screen.kind === 'details') return screen.noun
  return screen.kind === 'overview' ? state.focus : undefined
}

/** Why nothing can be done with a row: there is none. */
export function noRow(state: UiState): string | undefined {
  const noun = listNoun(state)
  return noun !== undefined && selectedRow(state, noun) === undefined ? 'nothing is selected' : undefined
}

export const withPlace = (state: UiState, noun: Noun, change: Partial<Place>): UiState => ({
  ...state,
  places: {...state.places, [noun]: {...placeOf(state, noun), ...change}},
})

/** Selects the row at an index, bounded to the list. */
export function select(state: UiState, noun: Noun, index: number): UiState {
  const {rows} = listed(state, noun)
  const bounded = Math.max(0, Math.min(index, rows.length - 1))
  const row = rows[bounded]
  return keepInList(
    withPlace(state, noun, {index: bounded, id: row === undefined ? undefined : PANES[noun].id(row)}),
    noun,
  )
}

/** Keeps to the row that is selected, from when something is done with it: it may move then. */
export function pinned(state: UiState): UiState {
  const noun = listNoun(state)
  return noun === undefined ? state : move(state, noun, 0)
}

/** Moves the selection by a number of rows. */
export function move(state: UiState, noun: Noun, by: number): UiState {
  const {rows} = listed(state, noun)
  return select(state, noun, selectedIndex(rows, noun, placeOf(state, noun)) + by)
}

/** Brings index and scroll position in line with what is there now. */
export function keepInList(state: UiState, noun: Noun): UiState {
  const place = placeOf(state, noun)
  const {rows, total} = listed(state, noun)
  const index = selectedIndex(rows, noun, place)
  const space = Math.max(1, listLayout(state, rows.length, place.wide, total).tableRows)
  const bottom = Math.max(0, rows.length - space)
  const top = Math.max(0, Math.min(bottom, Math.max(index - space + 1, Math.min(place.top, index))))
  if (index === place.index && top === place.top) return state
  return withPlace(state, noun, {index, top})
}

/** Scrolls the details by lines; the view bounds it to what there is. */
export function scrollDetails(state: UiState, by: number, end: number): UiState {
  const screen = currentScreen(state)
  if (screen.kind !== 'details' && screen.kind !== 'help') return state
  return withScreen(state, {...screen, scroll: Math.max(0, Math.min(end, screen.scroll + by))})
}
