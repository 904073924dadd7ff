import type {Action} from '../actions/action.ts'
import {dialog, type DialogOptions} from '../components/dialog.ts'
import type {Hint} from '../components/key-hints.ts'
import type {Block, Line} from '../layout/line.ts'
import {GUARD_MS} from '../state/guard.ts'
import type {Change, UiState} from '../state/ui.ts'
import {unchanged} from '../state/ui.ts'

/** What an overlay may need beside the state. */
export interface KeyContext {
  /** Monotonic clock, ms. */
  readonly at: number
  readonly actions: readonly Action[]
}

/**
 * Something on top of the screen that takes all keys: a question, a field, a list to choose from. One file each; the
 * state holds its id and its own data, which nobody else looks into.
 */
export interface OverlayDefinition<Data, Wanted> {
  readonly id: string
  /** Whether it asks something that has consequences: then the first keys are ignored. */
  readonly asks?: boolean
  /** Its data when it opens. */
  readonly open: (state: UiState, wanted: Wanted) => Data
  readonly key: (state: UiState, data: Data, key: string, context: KeyContext) => Change
  /** Left out: pasted text is ignored. */
  readonly paste?: (state: UiState, data: Data, text: string) => Change
  /** A dialog over the screen; in plain mode its title and text are said. */
  readonly content?: (state: UiState, data: Data) => DialogOptions
  /** In plain mode: what is to be typed now, as a sentence. */
  readonly prompt?: (state: UiState, data: Data) => string
  /** In plain mode: a whole line that was typed for it, and may be empty. Left out: it cannot be open there. */
  readonly line?: (state: UiState, data: Data, text: string, context: KeyContext) => Change
  /** Drawn over the screen; left out: the dialog, or only the footer shows it. */
  readonly view?: (state: UiState, data: Data, screen: Block, actions: readonly Action[]) => Block
  /** The footer while it is open; the hints when left out. */
  readonly footer?: (state: UiState, data: Data, actions: readonly Action[]) => Line
  readonly hints?: readonly Hint[]
  /** The state after the world has changed: it may close by itself. */
  readonly follow?: (state: UiState, data: Data) => UiState
  /** What it would open with by itself, when nothing else is open; undefined: it does not. */
  readonly appear?: (state: UiState) => Wanted | undefined
}

export interface Overlay<Data, Wanted> extends Omit<OverlayDefinition<Data, Wanted>, 'open'> {
  readonly open: (state: UiState, wanted: Wanted, at: number) => UiState
}

/** An overlay that opens with its own data; a question also with the guard. */
export const defineOverlay = <Data, Wanted>(definition: OverlayDefinition<Data, Wanted>): Overlay<Data, Wanted> => ({
  ...(definition.content ? {view: drawn(definition.content)} : {}),
  ...definition,
  open: (state, wanted, at) => ({
    ...state,
    guardUntil: definition.asks ? at + GUARD_MS : state.guardUntil,
    overlay: {id: definition.id, data: definition.open(state, wanted), scroll: 0},
  }),
})

const drawn =
  <Data>(content: (state: UiState, data: Data) => DialogOptions) =>
  (state: UiState, data: Data, screen: Block): Block =>
    dialog(screen, {...content(state, data), scroll: state.overlay?.scroll ?? 0})

/** An overlay with the types of its data hidden, as the registry holds it. */
export type AnyOverlay = Overlay<unknown, unknown>

/** Hides the types: data that comes out of an overlay only ever goes back into the same one. */
export const hidden = <Data, Wanted>(overlay: Overlay<Data, Wanted>): AnyOverlay => overlay as unknown as AnyOverlay

/** The state with other data in the open overlay. */
export const withData = (state: UiState, data: unknown): UiState => ({
  ...state,
  overlay: state.overlay && {...state.overlay, data},
})

export const changed = (state: UiState, data: unknown): Change => unchanged(withData(state, data))

export const closed = (state: UiState): UiState => ({...state, overlay: undefined})
