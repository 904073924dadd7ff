import type {Hint} from '../components/key-hints.ts'
import type {Block} from '../layout/line.ts'
import type {Change, Screen, ScreenKind, UiState} from '../state/ui.ts'

/** What a kind of screen keeps in the state. */
export type ScreenOf<Kind extends ScreenKind> = Extract<Screen, {readonly kind: Kind}>

/** What is asked for in plain mode. */
export interface LinePrompt {
  readonly text: string
  /** What is typed is not to be seen or heard. */
  readonly secret?: boolean
}

/** One kind of screen, one file each; its data is a member of the union in the state. */
export interface ScreenDefinition<Kind extends ScreenKind> {
  /** As many lines as fit; more are cut off. */
  readonly view: (state: UiState, screen: ScreenOf<Kind>) => Block
  /** What the footer says; left out: the actions that can be taken here. */
  readonly hints?: readonly Hint[]
  /** For a screen into which one types: it takes all keys. Left out: keys are actions. */
  readonly key?: (state: UiState, screen: ScreenOf<Kind>, key: string) => Change
  /** In plain mode: what is to be typed here, where that is not an action. */
  readonly prompt?: (state: UiState, screen: ScreenOf<Kind>) => LinePrompt
  /** In plain mode: a whole line that was typed for it, and may be empty. Left out: lines are actions. */
  readonly line?: (state: UiState, screen: ScreenOf<Kind>, text: string) => Change
  /** Left out: pasted text is ignored. */
  readonly paste?: (state: UiState, screen: ScreenOf<Kind>, text: string) => Change
}

/** Declares the screen of a kind; only the types are checked. */
export const defineScreen = <Kind extends ScreenKind>(definition: ScreenDefinition<Kind>): ScreenDefinition<Kind> =>
  definition
