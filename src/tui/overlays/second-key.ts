import type {Action} from '../actions/action.ts'
import {refusalOf} from '../actions/refusal.ts'
import {keyHints} from '../components/key-hints.ts'
import {fitLine, span} from '../layout/line.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen, telling, unchanged} from '../state/ui.ts'
import {closed, defineOverlay} from './overlay.ts'

/** Waits for the second of two keys, as in `g a`; the footer says which there are. */
export const secondKey = defineOverlay<string, string>({
  id: 'second key',
  open: (_state, first) => first,
  key: (state, first, key, {at, actions}) => {
    const next = closed(state)
    const action = possible(state, actions).find(each => each.keys.includes(`${first} ${key}`))
    if (!action) return unchanged(next)
    const refused = refusalOf(next, action)
    return refused === undefined ? action.act(next, at) : unchanged(telling(next, refused))
  },
  footer: (state, first, actions) => {
    const hints = possible(state, actions).flatMap(({keys, label}) =>
      keys.filter(key => key.startsWith(`${first} `)).map(key => ({key: key.slice(first.length + 1), label})),
    )
    const lead = [span(` ${first} `, 'accent bold')]
    return [...lead, ...fitLine(keyHints(hints, state.columns - 3), state.columns - 3)]
  },
})

const possible = (state: UiState, actions: readonly Action[]): readonly Action[] =>
  actions.filter(each => each.where.includes(currentScreen(state).kind) && each.visible(state))
