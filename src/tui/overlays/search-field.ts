import {typedLine} from '../components/input-line.ts'
import {span} from '../layout/line.ts'
import {lineAt, pagerOf} from '../state/pager.ts'
import type {Typed} from '../state/typing.ts'
import {edit, pasted, typedText} from '../state/typing.ts'
import type {Change, UiState} from '../state/ui.ts'
import {unchanged, withEffects, withScreen} from '../state/ui.ts'
import {changed, closed, defineOverlay} from './overlay.ts'

/** What to look for in the output; Enter looks from the line of the keys on. */
export const searchField = defineOverlay<Typed, undefined>({
  id: 'search',
  open: state => typedText(pagerOf(state)?.search ?? ''),
  key: (state, field, key) => {
    if (key === 'enter') return searchFor(closed(state), field.text)
    if (key === 'esc' || (key === 'backspace' && field.text === '')) return unchanged(closed(state))
    const next = edit(field, key)
    return next ? changed(state, next) : unchanged(state)
  },
  paste: (state, field, text) => changed(state, pasted(field, text)),
  prompt: () => 'Type what to search for.',
  line: (state, _field, text) => searchFor(closed(state), text.trim()),
  footer: (_state, field) => [
    span(' /', 'accent bold'),
    ...typedLine(field),
    span('   Enter searches from this line on, n and N go on and back', 'dim'),
  ],
})

function searchFor(state: UiState, text: string): Change {
  const [screen, from] = [pagerOf(state), lineAt(state)]
  if (!screen) return unchanged(state)
  const next = withScreen(state, {...screen, search: text})
  if (text === '' || !from) return unchanged(next)
  // At the end there is nothing further on: then what was said last is meant.
  const back = screen.follow
  return withEffects(next, {type: 'find', source: screen.source, what: {from, back, text}})
}
