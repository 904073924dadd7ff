import {forbidden, type UiState} from '../state/ui.ts'
import type {Action} from './action.ts'

/** Why an action cannot be carried out, as a sentence; undefined: it can. */
export function refusalOf(state: UiState, action: Action): string | undefined {
  const reason = whyForbidden(state, action) ?? action.disabled(state)
  return reason === undefined ? undefined : `Cannot ${action.label}: ${reason}.`
}

/** Where nothing may be changed, only what stops a run may still be done, and even that not everywhere. */
export function whyForbidden(state: UiState, {changes, wayBack}: Action): string | undefined {
  const now = changes ? forbidden(state) : undefined
  return now?.wayBack && wayBack ? undefined : now?.reason
}
