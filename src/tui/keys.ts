import type {Action, Binding} from './bindings.ts'
import {BINDINGS, BROWSING} from './bindings.ts'
import type {UiState} from './state/ui.ts'
import {currentScreen} from './state/ui.ts'

/** The bindings that exist on the current screen; read-only mode is this one filter. */
export function bindingsHere(state: UiState): readonly Binding[] {
  const kind = currentScreen(state).kind
  return BINDINGS.filter(
    binding =>
      binding.where.includes(kind) && !(state.readOnly && binding.changes) && (binding.visible?.(state) ?? true),
  )
}

/** What pressing a key means here: an action, a reason why not, or nothing. */
export type Pressed =
  | {readonly kind: 'action'; readonly action: Action}
  | {readonly kind: 'refused'; readonly reason: string}
  | {readonly kind: 'nothing'}

export function pressed(state: UiState, key: string): Pressed {
  const binding = bindingsHere(state).find(each => each.keys.includes(key))
  if (!binding) return refusal(state, key)
  const reason = binding.disabled?.(state)
  return reason === undefined
    ? {kind: 'action', action: binding.action}
    : {kind: 'refused', reason: `Cannot ${binding.label}: ${reason}.`}
}

function refusal(state: UiState, key: string): Pressed {
  const kind = currentScreen(state).kind
  const hidden = BINDINGS.find(
    each => each.changes && each.keys.includes(key) && each.where.includes(kind) && (each.visible?.(state) ?? true),
  )
  return state.readOnly && hidden
    ? {kind: 'refused', reason: `Cannot ${hidden.label}: this console is read-only.`}
    : {kind: 'nothing'}
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  enter: '↵',
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
}

/** A key as people know it: `↵`, `Ctrl-R`, `g`. */
export const keyLabel = (key: string): string =>
  KEY_NAMES[key] ?? (key.startsWith('ctrl-') ? `Ctrl-${key.slice(5).toUpperCase()}` : key)

/** The table that docs/keys.md is generated from. */
export function keyTable(): readonly {
  readonly keys: string
  readonly where: string
  readonly description: string
  readonly changes: boolean
}[] {
  return BINDINGS.map(binding => ({
    keys: binding.keys.map(key => (key === 'enter' ? 'Enter' : keyLabel(key))).join(' '),
    where: binding.where === BROWSING ? 'everywhere' : binding.where.join(', '),
    description: binding.description,
    changes: binding.changes ?? false,
  }))
}
