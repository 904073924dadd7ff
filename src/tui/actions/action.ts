import type {Change, ScreenKind, UiState} from '../state/ui.ts'

/** Something a person can do with a key, or by typing it after `:`. One file each; the list is in the registry. */
export interface Action {
  readonly id: string
  /** Each a key, or two keys after each other: `g a`. Empty: only `:` leads to it. */
  readonly keys: readonly string[]
  /** One or two words for the footer. */
  readonly label: string
  /** A sentence for the help screen and docs/keys.md. */
  readonly description: string
  readonly where: readonly ScreenKind[]
  /** Place in the footer, lowest first; absent: not shown there. */
  readonly footer?: number
  /** Whether the footer offers it for what is selected; pressed where it does not, it says why. */
  readonly offered: (state: UiState) => boolean
  /** Whether it may change anything in the world; hidden and refused in read-only mode. */
  readonly changes: boolean
  /** Whether it only stops what was begun: that is left where a policy forbids everything else. */
  readonly wayBack: boolean
  /** Whether it makes sense here at all. */
  readonly visible: (state: UiState) => boolean
  /** Why it cannot be done just now. */
  readonly disabled: (state: UiState) => string | undefined
  /** Carries it out. `at` is the monotonic clock, for the guard of questions that open. */
  readonly act: (state: UiState, at: number) => Change
  readonly command?: Command
  /** It comes from the configuration. */
  readonly configured?: boolean
}

/** How an action is typed after `:`. */
export interface Command {
  readonly name: string
  readonly aliases?: readonly string[]
  /** What it does, in the list that `:` shows. */
  readonly description: string
  /** What may be typed, where that is more than the name. */
  readonly offers?: (state: UiState, typed: string) => readonly Completion[]
  /** Carries it out with what was typed after the name; the action itself when left out. */
  readonly run?: (state: UiState, argument: string, at: number) => Change
}

export interface Completion {
  readonly text: string
  readonly description: string
}

type Defaults = 'offered' | 'changes' | 'wayBack' | 'visible' | 'disabled'

/** An action with everything that most have in common filled in. */
export const defineAction = (action: Omit<Action, Defaults> & Partial<Pick<Action, Defaults>>): Action => ({
  offered: () => true,
  changes: false,
  wayBack: false,
  visible: () => true,
  disabled: () => undefined,
  ...action,
})

/** Every screen where keys are no text. */
export const BROWSING: readonly ScreenKind[] = [
  'overview',
  'list',
  'details',
  'plan',
  'run',
  'pager',
  'help',
  'planning',
]
/** Where a row of a noun is selected. */
export const LISTS: readonly ScreenKind[] = ['overview', 'list']
