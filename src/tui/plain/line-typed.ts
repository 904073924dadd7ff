import type {Action} from '../actions/action.ts'
import {actionsHere, pressed} from '../actions/keys.ts'
import {keyLabel} from '../keymap/key-label.ts'
import {actionsOf} from '../actions/actions-of.ts'
import {runCommand} from '../overlays/command-line.ts'
import {openOverlay} from '../overlays/registry.ts'
import {definitionOf} from '../screens/registry.ts'
import {listed, listNoun, select} from '../state/lists.ts'
import {back} from '../state/navigate.ts'
import type {Change, UiEvent, UiState} from '../state/ui.ts'
import {currentScreen, telling, unchanged, withScreen} from '../state/ui.ts'

type Line = Extract<UiEvent, {readonly type: 'line'}>

/** Words that leave what is open, wherever one is. */
const LEAVING: ReadonlySet<string> = new Set(['cancel', 'esc', 'back'])

/** A line that was typed in plain mode. It means an action, a row by its number, both, or an answer to what is asked. */
export function lineTyped(state: UiState, {text, begun, at}: Line): Change {
  // It was meant for what stood there when it was begun.
  if (begun < state.guardUntil)
    return unchanged(telling(state, 'A question appeared while you typed. Nothing was done; type it again.', 'bad'))
  const leaves = LEAVING.has(text.trim().toLowerCase())
  const open = openOverlay(state)
  if (open) {
    if (leaves || !open.overlay.line) return open.overlay.key(state, open.data, 'esc', {at, actions: actionsOf(state)})
    return open.overlay.line(state, open.data, text, {at, actions: actionsOf(state)})
  }
  const screen = currentScreen(state)
  const own = definitionOf(screen).line
  if (own) return leaves ? back(state) : own(state, screen, text)
  return spokenTo(state, text.trim(), at)
}

/** `acknowledge 2`, `2`, `a`, `:run deploy version=2.0`: what can be done here, with the row it is for. */
function spokenTo(state: UiState, text: string, at: number): Change {
  if (text === '') return unchanged(state)
  const [, before, number] = /^(?:(.*?)\s+)?(\d+)$/.exec(text) ?? [text, text]
  const verb = before ?? ''
  const chosen = number === undefined ? state : rowChosen(state, Number(number))
  if (verb === '')
    return chosen ? unchanged(chosen) : unchanged(telling(state, `There is no number ${number} here.`, 'bad'))
  const name = verb.replace(/^:/, '')
  const action = verb.startsWith(':') ? undefined : actionNamed(chosen ?? state, name)
  if (!action) return runCommand(state, text.replace(/^:/, ''), {at, actions: actionsOf(state)})
  if (!chosen) return unchanged(telling(state, `There is no number ${number} here.`, 'bad'))
  const meaning = pressed(chosen, action.keys[0] ?? '')
  if (meaning.kind === 'refused') return unchanged(telling(chosen, meaning.reason))
  return action.act(chosen, at)
}

/** The action of a key, as it is pressed or as it is shown, of a label, or of its id. */
function actionNamed(state: UiState, name: string): Action | undefined {
  const here = actionsHere(state)
  const wanted = name.toLowerCase()
  if (LEAVING.has(wanted)) return here.find(({keys}) => keys.includes('esc'))
  return (
    here.find(({keys}) => keys.includes(name) || keys.some(key => keyLabel(key) === name)) ??
    here.find(({label}) => label.toLowerCase() === wanted) ??
    here.find(({id}) => id === wanted)
  )
}

/** The state with this row, step or pane selected; undefined when there is no such number. */
function rowChosen(state: UiState, number: number): UiState | undefined {
  const screen = currentScreen(state)
  if (screen.kind === 'plan')
    return number >= 1 && number <= screen.plan.steps.length
      ? withScreen(state, {...screen, index: number - 1})
      : undefined
  const noun = screen.kind === 'overview' ? 'alerts' : listNoun(state)
  if (noun === undefined || number < 1 || number > listed(state, noun).rows.length) return undefined
  return select(screen.kind === 'overview' ? {...state, focus: noun} : state, noun, number - 1)
}
