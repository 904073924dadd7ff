import {paintFrame} from '../screens/frame.ts'
import type {Theme} from '../theme.ts'
import {reduce} from './reduce.ts'
import type {Effect, UiEvent, UiState} from './ui.ts'

/** The state outside React. React is told only when a line of the screen has really changed. */
export interface UiStore {
  readonly dispatch: (event: UiEvent) => void
  readonly subscribe: (changed: () => void) => () => void
  /** The painted lines; the same array as long as nothing visible changed. */
  readonly lines: () => readonly string[]
  readonly state: () => UiState
}

export interface UiStoreOptions {
  readonly initial: UiState
  readonly theme: Theme
  /** Carries out an effect. It may dispatch, but not before the event at hand is done with. */
  readonly perform: (effect: Effect) => void
}

export function createUiStore(options: UiStoreOptions): UiStore {
  let state = options.initial
  let lines = paintFrame(state, options.theme)
  const listeners = new Set<() => void>()

  const repaint = (): void => {
    const next = paintFrame(state, options.theme)
    if (next.length === lines.length && next.every((text, y) => text === lines[y])) return
    lines = next
    for (const listener of listeners) listener()
  }

  return {
    dispatch(event) {
      const change = reduce(state, event)
      const changed = change.state !== state
      state = change.state
      if (changed) repaint()
      for (const effect of change.effects) options.perform(effect)
    },
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    lines: () => lines,
    state: () => state,
  }
}
