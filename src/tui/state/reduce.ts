import {pressed} from '../actions/keys.ts'
import {actionsOf} from '../actions/actions-of.ts'
import {rollbackAsWanted} from '../actions/rollback.ts'
import {followWorld, openOverlay} from '../overlays/registry.ts'
import {secondKey} from '../overlays/second-key.ts'
import {definitionOf} from '../screens/registry.ts'
import {lineTyped} from '../plain/line-typed.ts'
import {withKey} from '../keymap/key-label.ts'
import {planFailed, showPlan} from './form.ts'
import {BURST_MS, GUARD_MS} from './guard.ts'
import {listNoun, keepInList} from './lists.ts'
import {openRun} from './navigate.ts'
import {openReport} from './pager-texts.ts'
import {goTo, withPage} from './pager.ts'
import {withReach} from './reach.ts'
import type {Change, UiEvent, UiState} from './ui.ts'
import {currentScreen, telling, unchanged, withEffects} from './ui.ts'

/** Nobody scrolls further; the view stops at what there is. */
const LONGEST_OVERLAY = 500

/** The only way the state of the screens changes. Pure: what the outside must do comes back as effects. */
export function reduce(state: UiState, event: UiEvent): Change {
  switch (event.type) {
    case 'key':
      return withListPlaces(keyPressed(state, event.key, event.at))
    case 'paste':
      return withListPlaces(event.at < state.guardUntil ? unchanged(state) : paste(state, event.text))
    case 'line':
      return withListPlaces(lineTyped(state.toast ? {...state, toast: undefined} : state, event))
    case 'found':
      return goTo(state, event.source, event.at)
    case 'report':
      return openReport(state, event.run, event.text)
    case 'resize':
      return withListPlaces(unchanged({...state, columns: Math.max(1, event.columns), rows: Math.max(1, event.rows)}))
    case 'world':
      return withListPlaces(rollbackAsWanted(seeWorld(state, event)))
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
  }
  const refused = event.world.keymap?.refused
  const told = refused === undefined || refused === state.world.keymap?.refused ? next : telling(next, refused, 'bad')
  return followWorld(told, event.at)
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
    const opens = withKey(state, {id: 'active run', key: 'R'}, 'opens it')
    return unchanged(telling({...state, seen}, `The run has started; ${opens || 'it is in the header'}.`, 'good'))
  }
  const screens = state.screens.filter(screen => screen.kind !== 'params' && screen.kind !== 'runbooks')
  return openRun({...state, screens, toast: undefined}, run, {started: true, replacing: true})
}

function withListPlaces(change: Change): Change {
  if (currentScreen(change.state).kind === 'pager') return withPage(change)
  const noun = listNoun(change.state)
  return noun === undefined ? change : withReach({...change, state: keepInList(change.state, noun)})
}

function keyPressed(state: UiState, key: string, at: number): Change {
  // Ctrl-C leaves from anywhere: nobody should have to look for the way out.
  if (key === 'ctrl-c') return withEffects(state, {type: 'quit'})
  if (at < state.guardUntil) return unchanged({...state, guardUntil: Math.max(state.guardUntil, at + BURST_MS)})
  const quiet = state.toast || state.rollbackWanted ? {...state, toast: undefined, rollbackWanted: false} : state
  return quiet.overlay ? overlayKey(quiet, key, at) : screenKey(quiet, key, at)
}

function screenKey(quiet: UiState, key: string, at: number): Change {
  const screen = currentScreen(quiet)
  const own = definitionOf(screen).key?.(quiet, screen, key)
  if (own) return own
  const meaning = pressed(quiet, key)
  if (meaning.kind === 'action') return meaning.action.act(quiet, at)
  if (meaning.kind === 'first key') return unchanged(secondKey.open(quiet, key, at))
  return meaning.kind === 'refused' ? unchanged(telling(quiet, meaning.reason)) : unchanged(quiet)
}

function overlayKey(state: UiState, key: string, at: number): Change {
  const open = openOverlay(state)
  if (!open) return unchanged({...state, overlay: undefined})
  if (key === 'pgdn' || key === 'pgup') {
    const scroll = Math.max(0, Math.min(LONGEST_OVERLAY, open.scroll + (key === 'pgdn' ? 5 : -5)))
    return unchanged({...state, overlay: state.overlay && {...state.overlay, scroll}})
  }
  return open.overlay.key(state, open.data, key, {at, actions: actionsOf(state)})
}

function paste(state: UiState, text: string): Change {
  const open = openOverlay(state)
  if (open?.overlay.paste) return open.overlay.paste(state, open.data, text)
  const screen = currentScreen(state)
  const own = open ? undefined : definitionOf(screen).paste?.(state, screen, text)
  return own ?? unchanged(telling(state, 'Pasted text is ignored here.'))
}
