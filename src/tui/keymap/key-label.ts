import type {UiState} from '../state/ui.ts'

const KEY_NAMES: Readonly<Record<string, string>> = {
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pgup: 'PgUp',
  pgdn: 'PgDn',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
  delete: 'Delete',
}

/** A key as people know it: `Enter`, `Ctrl-R`, `g`. */
export const keyLabel = (key: string): string =>
  key
    .split(' ')
    .map(each => KEY_NAMES[each] ?? (each.startsWith('ctrl-') ? `Ctrl-${each.slice(5).toUpperCase()}` : each))
    .join(' ')

/** A sentence about the key of an action, which may have another one here; nothing when it has none. */
export function withKey(state: UiState, action: {readonly id: string; readonly key: string}, rest: string): string {
  const [key] = state.world.keymap?.keys[action.id] ?? [action.key]
  return key === undefined ? '' : `${keyLabel(key)} ${rest}`
}
