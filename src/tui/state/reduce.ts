import {pressed} from '../keys.ts'
import type {Noun} from '../panes/pane.ts'
import {act} from './act.ts'
import {commandKey} from './command-line.ts'
import {abortKey, acknowledgeKey, confirmPasted, environmentKey, startKey} from './confirm.ts'
import {formKey, pasteInto, pickerKey, planFailed, showPlan} from './form.ts'
import {listNoun, settle, withPlace} from './lists.ts'
import {openRun} from './navigate.ts'
import {followPrompt, GUARD_MS, promptKeyPressed, promptPasted} from './prompts.ts'
import {edit, pasted} from './typing.ts'
import type {Change, Overlay, UiEvent, UiState} from './ui.ts'
import {currentScreen, telling, unchanged, withEffects} from './ui.ts'

/** Nobody scrolls further; the view stops at what there is. */
const LONGEST_OVERLAY = 500

/** The only way the state of the screens changes. Pure: what the outside must do comes back as effects. */
export function reduce(state: UiState, event: UiEvent): Change {
  switch (event.type) {
    case 'key':
      return settled(keyPressed(state, event.key, event.at))
    case 'paste':
      return settled(event.at < state.guardUntil ? unchanged(state) : paste(state, event.text))
    case 'resize':
      return settled(unchanged({...state, columns: Math.max(1, event.columns), rows: Math.max(1, event.rows)}))
    case 'world':
      return settled(unchanged(seeWorld(state, event)))
    case 'planned':
      return guarded(showPlan(state, event), event.at)
    case 'plan failed':
      return planFailed(state, event.text)
    case 'started':
      return started({...state, starting: undefined}, event.run)
    case 'start failed':
      return unchanged({...telling(state, event.text, 'bad'), starting: undefined})
    default:
      return unchanged(telling(state, event.text, event.tone))
  }
}

function seeWorld(state: UiState, event: Extract<UiEvent, {type: 'world'}>): UiState {
  const now = Math.floor(event.now / 1000) * 1000
  const toast = state.toast && state.toast.until > now ? state.toast : undefined
  const next: UiState = {
    ...state,
    now,
    toast,
    world: event.world,
    readOnly: state.readOnly || event.world.snapshot.readOnly,
  }
  return followPrompt(next, event.at)
}

/** A screen that has just appeared by itself does not take keys that were meant for the one before. */
const guarded = (change: Change, at: number): Change => ({
  ...change,
  state: {...change.state, guardUntil: at + GUARD_MS},
})

/** The plan's screen becomes the run's. Somebody who has gone elsewhere is told, not pulled back. */
function started(state: UiState, run: string): Change {
  if (currentScreen(state).kind !== 'plan') {
    const seen = [...state.seen, {id: run, started: true}]
    return unchanged(telling({...state, seen}, 'The run has started; R leads to it.', 'good'))
  }
  const screens = state.screens.filter(screen => screen.kind !== 'params' && screen.kind !== 'runbooks')
  return openRun({...state, screens, toast: undefined}, run, {started: true, replacing: true})
}

function settled(change: Change): Change {
  const noun = listNoun(change.state)
  return noun === undefined ? change : {...change, state: settle(change.state, noun)}
}

function keyPressed(state: UiState, key: string, at: number): Change {
  // Ctrl-C leaves from anywhere: nobody should have to look for the way out.
  if (key === 'ctrl-c') return withEffects(state, {type: 'quit'})
  if (at < state.guardUntil) return unchanged(state)
  const quiet = state.toast ? {...state, toast: undefined} : state
  if (quiet.overlay) return overlayKey(quiet, quiet.overlay, key)
  return screenKey(quiet.overlayScroll === 0 ? quiet : {...quiet, overlayScroll: 0}, key, at)
}

function screenKey(quiet: UiState, key: string, at: number): Change {
  const screen = currentScreen(quiet)
  if (screen.kind === 'runbooks') return pickerKey(quiet, screen, key)
  if (screen.kind === 'params') return formKey(quiet, screen, key)
  const meaning = pressed(quiet, key)
  if (meaning.kind === 'action') return act(quiet, meaning.action, at)
  return meaning.kind === 'refused' ? unchanged(telling(quiet, meaning.reason)) : unchanged(quiet)
}

function overlayKey(state: UiState, overlay: Overlay, key: string): Change {
  if (key === 'pgdn' || key === 'pgup') {
    const next = state.overlayScroll + (key === 'pgdn' ? 5 : -5)
    return unchanged({...state, overlayScroll: Math.max(0, Math.min(LONGEST_OVERLAY, next))})
  }
  switch (overlay.kind) {
    case 'filter':
      return filterKey(state, overlay, key)
    case 'command':
      return commandKey(state, overlay, key)
    case 'environment':
      return environmentKey(state, overlay, key)
    case 'start':
      return startKey(state, overlay, key)
    case 'abort':
      return abortKey(state, overlay, key)
    case 'acknowledge':
      return acknowledgeKey(state, overlay, key)
    default:
      return promptKeyPressed(state, overlay, key)
  }
}

/** The filter works while it is typed; Enter keeps it, Esc puts back what was there. */
function filterKey(state: UiState, overlay: Extract<Overlay, {kind: 'filter'}>, key: string): Change {
  const {noun} = overlay
  const show = (text: string): UiState => setFilter({...state, overlay: {...overlay, text}}, noun, text)
  if (key === 'enter') return unchanged({...state, overlay: undefined})
  if (key === 'esc') return unchanged({...setFilter(state, noun, overlay.original), overlay: undefined})
  if (key === 'backspace' && overlay.text === '') return unchanged({...state, overlay: undefined})
  if (key === 'up' || key === 'down') return act({...state, overlay: undefined}, key, 0)
  const text = edit(overlay.text, key)
  return text === undefined ? unchanged(state) : unchanged(show(text))
}

const setFilter = (state: UiState, noun: Noun, filter: string): UiState =>
  settle(withPlace(state, noun, {filter, index: 0, top: 0}), noun)

function paste(state: UiState, text: string): Change {
  const {overlay} = state
  if (overlay?.kind === 'filter') {
    const all = pasted(overlay.text, text)
    return unchanged(setFilter({...state, overlay: {...overlay, text: all}}, overlay.noun, all))
  }
  if (overlay?.kind === 'command')
    return unchanged({...state, overlay: {...overlay, text: pasted(overlay.text, text), index: 0}})
  if (overlay?.kind === 'prompt') return promptPasted(state, overlay, text)
  if (overlay?.kind === 'start' || overlay?.kind === 'abort' || overlay?.kind === 'acknowledge')
    return confirmPasted(state, overlay, text)
  const screen = currentScreen(state)
  if (!overlay && (screen.kind === 'runbooks' || screen.kind === 'params')) return pasteInto(state, screen, text)
  return unchanged(telling(state, 'Pasted text is ignored here.'))
}
