import {actionsHere} from '../actions/keys.ts'
import {actionsOf} from '../actions/actions-of.ts'
import {completions} from '../overlays/command-line.ts'
import {openOverlay} from '../overlays/registry.ts'
import {definitionOf} from '../screens/registry.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen} from '../state/ui.ts'

/** What the line can become: as much as all that begin with it have in common, and which those are. */
export function completeLine(state: UiState, text: string): {readonly text: string; readonly all: readonly string[]} {
  const all = [...new Set(possible(state))].filter(each => each.startsWith(text))
  const [first = text] = all
  let length = first.length
  for (const each of all) while (!each.startsWith(first.slice(0, length))) length -= 1
  return {text: all.length === 1 ? `${first} ` : first.slice(0, length), all}
}

function possible(state: UiState): readonly string[] {
  const screen = currentScreen(state)
  if (openOverlay(state)) return []
  if (screen.kind === 'runbooks') return state.world.runbooks.map(({name}) => name)
  if (definitionOf(screen).line) return []
  const labels = actionsHere(state).map(action => action.label)
  return [...labels, ...completions(state, '', actionsOf(state)).map(each => each.text)]
}
