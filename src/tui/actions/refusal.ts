import type {UiState} from '../state/ui.ts'
import type {Action} from './action.ts'

/** Why an action cannot be carried out, as a sentence; undefined: it can. */
export function refusalOf(state: UiState, action: Action): string | undefined {
  const reason = action.changes && state.readOnly !== undefined ? state.readOnly : action.disabled(state)
  return reason === undefined ? undefined : `Cannot ${action.label}: ${reason}.`
}
