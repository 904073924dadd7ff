import {span} from '../layout/line.ts'
import type {Noun} from '../panes/registry.ts'
import {keepInList, withPlace} from '../state/lists.ts'
import {scroll} from '../state/scroll.ts'
import type {Typed} from '../state/typing.ts'
import {edit, pasted, typedText} from '../state/typing.ts'
import type {UiState} from '../state/ui.ts'
import {placeOf, unchanged} from '../state/ui.ts'
import {typedLine} from '../components/input-line.ts'
import {closed, defineOverlay, withData} from './overlay.ts'

export interface FilterField {
  readonly noun: Noun
  readonly field: Typed
  readonly original: string
}

/** The filter works while it is typed; Enter keeps it, Esc puts back what was there. */
export const filterField = defineOverlay<FilterField, Noun>({
  id: 'filter',
  open: (state, noun) => {
    const original = placeOf(state, noun).filter
    return {noun, field: typedText(original), original}
  },
  key: (state, data, key) => {
    if (key === 'enter') return unchanged(closed(state))
    if (key === 'esc') return unchanged(closed(setFilter(state, data.noun, data.original)))
    if (key === 'backspace' && data.field.text === '') return unchanged(closed(state))
    if (key === 'up' || key === 'down') return unchanged(scroll(closed(state), key === 'up' ? -1 : 1))
    const field = edit(data.field, key)
    return unchanged(field ? show(state, {...data, field}) : state)
  },
  paste: (state, data, text) => unchanged(show(state, {...data, field: pasted(data.field, text)})),
  prompt: () => 'Type words to filter by, !word to exclude, ~word for fuzzy, nothing for all.',
  line: (state, {noun}, text) => unchanged(closed(setFilter(state, noun, text.trim()))),
  footer: (_state, {field}) => [
    span(' /', 'accent bold'),
    ...typedLine(field),
    span('   words, !without, ~fuzzy   Enter keeps, Esc restores', 'dim'),
  ],
})

const show = (state: UiState, data: FilterField): UiState =>
  setFilter(withData(state, data), data.noun, data.field.text)

const setFilter = (state: UiState, noun: Noun, filter: string): UiState =>
  keepInList(withPlace(state, noun, {filter, index: 0, top: 0}), noun)
