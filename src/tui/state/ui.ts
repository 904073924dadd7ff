import type {LetterName} from '../../alerts/letters.ts'
import type {SilenceChoice} from '../../alerts/routing/silences.ts'
import type {LogPlace} from '../../releases/shown-logs.ts'
import type {OutputLine} from '../../runbooks/events.ts'
import type {Plan} from '../../runbooks/plan.ts'
import type {RunbookRow} from '../../runbooks/rows.ts'
import type {PlacedLine} from '../../runs/ports.ts'
import type {RangeName} from '../../monitors/series.ts'
import type {Noun} from '../panes/registry.ts'
import type {Typed} from './typing.ts'
import type {Forbidden} from '../../overview/snapshot.ts'
import type {World} from './world.ts'

/** The whole state of the screens. It lives outside React and changes only in `reduce`. */
export interface UiState {
  readonly columns: number
  readonly rows: number
  /** Wall clock in whole seconds, for ages and the clock in the header. */
  readonly now: number
  readonly world: World
  /** The last one is shown; the first is always the overview. */
  readonly screens: readonly Screen[]
  /** What `-` goes back to. */
  readonly before: readonly Screen[] | undefined
  readonly overlay: OpenOverlay | undefined
  /** Where each list stands. */
  readonly places: Readonly<Partial<Record<Noun, Place>>>
  /** Pane of the overview that has the keys. */
  readonly focus: Noun
  /** How far back charts show. */
  readonly range: RangeName
  readonly toast: Toast | undefined
  /** Keys before this moment (monotonic ms) are ignored: a question has just appeared. */
  readonly guardUntil: number
  /** Questions that were put off, so that they do not open again by themselves. */
  readonly putOff: readonly string[]
  /** Run id of a plan that the engine was asked to start and has not answered yet. */
  readonly starting: string | undefined
  /** The rollback was asked for before the runbooks were read. */
  readonly rollbackWanted: boolean
  /** What was typed after `:`, the newest first. */
  readonly commands: readonly string[]
  /** Runs that were started or watched here; told again on the normal screen at the end. */
  readonly seen: readonly SeenRun[]
}

export interface SeenRun {
  readonly id: string
  readonly started: boolean
}

/** Where a list stands: what is selected, what is marked, what is filtered, how far it is scrolled. */
export interface Place {
  readonly id: string | undefined
  readonly index: number
  readonly top: number
  readonly filter: string
  readonly marks: readonly string[]
  /** Title of the column by which it is sorted; absent: what wants attention comes first. */
  readonly sort?: {readonly column: string; readonly down: boolean} | undefined
  /** The table alone, over the whole width. */
  readonly wide?: boolean
}
export const freshPlace: Place = {id: undefined, index: 0, top: 0, filter: '', marks: []}

export interface Toast {
  readonly text: string
  readonly tone: 'info' | 'good' | 'bad'
  /** Wall clock ms at which it goes away. */
  readonly until: number
}

export type Screen =
  | {readonly kind: 'overview'}
  | {readonly kind: 'list'; readonly noun: Noun}
  | {readonly kind: 'details'; readonly noun: Noun; readonly id: string; readonly scroll: number}
  | {readonly kind: 'runbooks'; readonly query: Typed; readonly index: number}
  | {
      readonly kind: 'params'
      readonly runbook: RunbookRow
      readonly values: Readonly<Record<string, string>>
      /** Where in the value the next letter goes. */
      readonly cursor: number
      /** Index of the field; one past the last is the button. */
      readonly field: number
      readonly error: string
    }
  | {
      readonly kind: 'planning'
      readonly runbook: string
      readonly params: Readonly<Record<string, string>>
      readonly since: number
    }
  | {
      readonly kind: 'plan'
      readonly plan: Plan
      readonly params: Readonly<Record<string, string>>
      readonly index: number
    }
  | {
      readonly kind: 'run'
      readonly id: string
      /** Lines the output is scrolled up from its end; 0 follows it. */
      readonly back: number
      /** Total number of lines when it was scrolled, so that the view stands still while more come. */
      readonly anchor: number
      /** On narrow screens: which half is shown. */
      readonly half: 'steps' | 'output'
    }
  | PagerScreen
  | {readonly kind: 'help'; readonly scroll: number}

/** What the pager looks into. */
export type PagerSource =
  | {readonly kind: 'output'; readonly run: string}
  | ({readonly kind: 'logs'} & LogPlace)
  /** A text that is there whole; the step of a line is the part of the text that it stands in. */
  | {readonly kind: 'text'; readonly title: string; readonly name: string; readonly lines: readonly OutputLine[]}

/** Lines of any length and number, to look around in. Places are those of its lines in the source. */
export interface PagerScreen {
  readonly kind: 'pager'
  readonly source: PagerSource
  /** The line that the keys are on, and the first one that is shown. */
  readonly at: number
  readonly top: number
  /** Stays at the end while more comes. */
  readonly follow: boolean
  readonly wrap: boolean
  /** Columns scrolled to the right. */
  readonly side: number
  /** What was searched for; marked wherever it stands. */
  readonly search: string
  /** The line alone, whole and taken apart. */
  readonly whole: boolean
}

export type ScreenKind = Screen['kind']

/** What is on top of the screen and takes all keys: which overlay, and its own data, which only that one looks into. */
export interface OpenOverlay {
  readonly id: string
  readonly data: unknown
  /** Lines that its text is scrolled down. */
  readonly scroll: number
}

/** Looks on from a line for a text, or for where another step begins. */
export type Find = {readonly from: PlacedLine; readonly back: boolean} & (
  | {readonly text: string}
  | {readonly step: true}
)

/** What the outside is asked to do; carried out by one runner. */
export type Effect =
  | {readonly type: 'quit'}
  | {readonly type: 'read'}
  | {readonly type: 'refresh'}
  | {readonly type: 'report'; readonly run: string}
  | {readonly type: 'environment'; readonly name: string}
  | {readonly type: 'plan'; readonly runbook: string; readonly params: Readonly<Record<string, string>>}
  | {readonly type: 'forget plan'}
  | {
      readonly type: 'start'
      readonly plan: Plan
      readonly reason: string
      readonly typed: string | undefined
      readonly dryRun: boolean
    }
  | {
      readonly type: 'answer'
      readonly run: string
      readonly prompt: string
      readonly answer: string
      readonly reason: string
    }
  | {readonly type: 'terminal'; readonly argv: readonly string[]}
  | {readonly type: 'abort'; readonly run: string; readonly reason: string}
  | {
      readonly type: 'decide'
      readonly run: string
      readonly step: string
      readonly choice: string
      readonly reason: string
    }
  | {readonly type: 'acknowledge'; readonly alerts: readonly string[]; readonly note: string}
  | {
      readonly type: 'silence'
      readonly alerts: readonly string[]
      readonly for: SilenceChoice
      readonly reason: string
    }
  | {readonly type: 'send again'; readonly letters: readonly LetterName[]; readonly reason: string}
  | {readonly type: 'find'; readonly source: PagerSource; readonly what: Find}
  | {readonly type: 'copy'; readonly text: string; readonly what: string}

/** What happened. `at` is a monotonic clock in ms, `now` the wall clock. */
export type UiEvent =
  | {readonly type: 'key'; readonly key: string; readonly at: number}
  /** A whole line, in plain mode. `begun`: when its first key was pressed. */
  | {readonly type: 'line'; readonly text: string; readonly begun: number; readonly at: number}
  | {readonly type: 'paste'; readonly text: string; readonly at: number}
  | {readonly type: 'resize'; readonly columns: number; readonly rows: number}
  | {readonly type: 'world'; readonly world: World; readonly now: number; readonly at: number}
  | {
      readonly type: 'planned'
      readonly plan: Plan
      readonly params: Readonly<Record<string, string>>
      readonly at: number
    }
  | {readonly type: 'started'; readonly run: string}
  | {readonly type: 'report'; readonly run: string; readonly text: string}
  | {readonly type: 'told'; readonly text: string; readonly tone: Toast['tone']}
  | {readonly type: 'found'; readonly source: PagerSource; readonly at: number}
  | {readonly type: 'plan failed'; readonly text: string}
  | {readonly type: 'start failed'; readonly text: string}

export interface Change {
  readonly state: UiState
  readonly effects: readonly Effect[]
}

export const unchanged = (state: UiState): Change => ({state, effects: []})
export const withEffects = (state: UiState, ...effects: Effect[]): Change => ({state, effects})

export interface Opening {
  readonly columns: number
  readonly rows: number
  readonly now: number
}

export function openingState(world: World, opening: Opening): UiState {
  return {
    ...opening,
    now: Math.floor(opening.now / 1000) * 1000,
    world,
    screens: [{kind: 'overview'}],
    before: undefined,
    overlay: undefined,
    places: {},
    focus: 'services',
    range: '5m',
    toast: undefined,
    guardUntil: 0,
    putOff: [],
    starting: undefined,
    rollbackWanted: false,
    commands: [],
    seen: [],
  }
}

/** The state as a console begins: with the overview, and nothing before it. */
export const overviewOf = (state: UiState): UiState => ({
  ...state,
  screens: [{kind: 'overview'}],
  overlay: undefined,
  toast: undefined,
})

/** Why nothing may be changed now; undefined: it may. */
export const forbidden = (state: UiState): Forbidden | undefined => state.world.snapshot.forbidden

export const currentScreen = (state: UiState): Screen => state.screens.at(-1) ?? {kind: 'overview'}
export const placeOf = (state: UiState, noun: Noun): Place => state.places[noun] ?? freshPlace

/** The state with a message at the bottom for a few seconds. */
export const telling = (state: UiState, text: string, tone: Toast['tone'] = 'info'): UiState => ({
  ...state,
  toast: {text, tone, until: state.now + (tone === 'bad' ? 10_000 : 4000)},
})

/** The state while the engine starts a plan: it must not be asked twice. */
export const beginStart = (state: UiState, plan: Plan): UiState => ({
  ...telling(state, `Starting ${plan.runbook}…`),
  starting: plan.run,
})

/** The state with its current screen replaced. */
export const withScreen = (state: UiState, screen: Screen): UiState => ({
  ...state,
  screens: [...state.screens.slice(0, -1), screen],
})
