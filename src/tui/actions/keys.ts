import type {UiState} from '../state/ui.ts'
import {currentScreen} from '../state/ui.ts'
import {keyLabel} from '../keymap/key-label.ts'
import {actionName} from '../keymap/keymap.ts'
import {valueNames} from '../keymap/row-values.ts'
import {NOUNS} from '../panes/registry.ts'
import type {Action} from './action.ts'
import {BROWSING} from './action.ts'
import {actionsOf} from './actions-of.ts'
import {refusalOf, whyForbidden} from './refusal.ts'
import {ACTIONS} from './registry.ts'

/** The actions that exist on the current screen; read-only mode is this one filter. */
export const actionsHere = (state: UiState): readonly Action[] =>
  possibleHere(state).filter(action => whyForbidden(state, action) === undefined)

const possibleHere = (state: UiState): readonly Action[] => {
  const {kind} = currentScreen(state)
  return actionsOf(state).filter(
    action => action.keys.length > 0 && action.where.includes(kind) && action.visible(state),
  )
}

/** What pressing a key means here: an action, a reason why not, or nothing. */
export type Pressed =
  | {readonly kind: 'action'; readonly action: Action}
  | {readonly kind: 'refused'; readonly reason: string}
  /** The first of two keys. */
  | {readonly kind: 'first key'}
  | {readonly kind: 'nothing'}

export function pressed(state: UiState, key: string): Pressed {
  const meant = (list: readonly Action[]): Action | undefined => list.find(each => each.keys.includes(key))
  const action = meant(actionsHere(state)) ?? meant(possibleHere(state))
  if (!action) {
    const begins = actionsHere(state).some(each => each.keys.some(own => own.startsWith(`${key} `)))
    return {kind: begins ? 'first key' : 'nothing'}
  }
  const reason = refusalOf(state, action)
  return reason === undefined ? {kind: 'action', action} : {kind: 'refused', reason}
}

/** The table that docs/keys.md is generated from. */
export function keyTable(): readonly {
  readonly keys: readonly string[]
  readonly where: string
  readonly description: string
  readonly changes: boolean
  /** Its name in the configuration. */
  readonly name: string
}[] {
  return ACTIONS.map(({id, keys, where, description, changes, command}) => ({
    name: actionName(id),
    keys: [
      ...keys.map(key => (key === 'enter' ? 'Enter' : keyLabel(key))),
      ...(command ? [`:${command.name}`, ...(command.aliases ?? []).map(alias => `:${alias}`)] : []),
    ],
    where: where === BROWSING ? 'everywhere' : where.join(', '),
    description,
    changes,
  }))
}

/** What hotkeys of the configuration can fill in, by pane. */
export const valueTable = (): readonly {readonly noun: string; readonly names: readonly string[]}[] =>
  NOUNS.map(noun => ({noun, names: valueNames(noun)}))
