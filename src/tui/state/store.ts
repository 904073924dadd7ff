import {reduce} from './reduce.ts'
import type {Effect, UiEvent, UiState} from './ui.ts'

/** The state of the screens; it lives outside React. */
export interface UiStore {
  readonly dispatch: (event: UiEvent) => void
  readonly state: () => UiState
}

export interface UiStoreOptions {
  readonly initial: UiState
  /** Carries out an effect. It may dispatch, but not before the event at hand is done with. */
  readonly perform: (effect: Effect) => void
  /** Told when the state is another one. */
  readonly changed: () => void
}

export function createUiStore(options: UiStoreOptions): UiStore {
  let state = options.initial
  return {
    dispatch(event) {
      const change = reduce(state, event)
      const changed = change.state !== state
      state = change.state
      if (changed) options.changed()
      for (const effect of change.effects) options.perform(effect)
    },
    state: () => state,
  }
}
