import type {UiState} from '../state/ui.ts'
import type {Action} from './action.ts'
import {hotkeyAction} from './hotkey.ts'
import {ACTIONS} from './registry.ts'

/** All actions with the keys that they have here, and the hotkeys of the configuration after them. */
export function actionsOf(state: UiState): readonly Action[] {
  const {keymap} = state.world
  if (!keymap) return ACTIONS
  return [
    ...ACTIONS.map(action => ({...action, keys: keymap.keys[action.id] ?? action.keys})),
    ...keymap.hotkeys.map(hotkey => hotkeyAction(state, hotkey)),
  ]
}
