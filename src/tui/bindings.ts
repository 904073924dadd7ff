import type {AlertRow} from '../alerts/rows.ts'
import type {Noun} from './panes/pane.ts'
import {NOUNS} from './panes/pane.ts'
import {PANES} from './panes/registry.ts'
import {isActive} from './panes/runs.ts'
import {chosenRows, listNoun, selectedRow} from './state/lists.ts'
import type {ScreenKind, UiState} from './state/ui.ts'
import {currentScreen} from './state/ui.ts'

/** What a key does; `act` carries it out. */
export type Action =
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'first'
  | 'last'
  | 'next pane'
  | 'previous pane'
  | 'open'
  | 'details'
  | 'back'
  | 'last screen'
  | 'quit'
  | 'overview'
  | 'filter'
  | 'command'
  | 'help'
  | 'mark'
  | 'copy'
  | 'runbooks'
  | 'rollback'
  | 'acknowledge'
  | 'active run'
  | 'environment'
  | 'refresh'
  | 'start'
  | 'dry run'
  | 'abort'
  | 'detach'
  | 'answer'
  | 'follow'
  | 'other half'
  | Noun

export interface Binding {
  readonly action: Action
  readonly keys: readonly string[]
  /** One or two words for the footer. */
  readonly label: string
  /** A sentence for the help screen and docs/keys.md. */
  readonly description: string
  readonly where: readonly ScreenKind[]
  /** Place in the footer, lowest first; absent: not shown there. */
  readonly footer?: number
  /** Whether it may change anything in the world; hidden and refused in read-only mode. */
  readonly changes?: boolean
  /** Whether it makes sense here at all. */
  readonly visible?: (state: UiState) => boolean
  /** Why it cannot be pressed just now. */
  readonly disabled?: (state: UiState) => string | undefined
}

export const BROWSING: readonly ScreenKind[] = ['overview', 'list', 'details', 'plan', 'run', 'help', 'planning']
const LISTS: readonly ScreenKind[] = ['overview', 'list']

/** Every key of the console outside of text fields. Footer, help screen and docs/keys.md are made from this table. */
export const BINDINGS: readonly Binding[] = [
  {
    action: 'answer',
    keys: ['enter'],
    label: 'answer',
    description: 'Open the question that the run waits for',
    where: ['run'],
    footer: 1,
    changes: true,
    visible: state => state.world.run?.state?.prompt !== undefined,
  },
  {
    action: 'open',
    keys: ['enter'],
    label: 'open',
    description: 'Open the selected row: its details, the run, or the plan of the runbook that an alert suggests',
    where: LISTS,
    footer: 1,
    disabled: nothingSelected,
  },
  {
    action: 'start',
    keys: ['enter', 's'],
    label: 'start',
    description: 'Start the plan that is shown; what disrupts or destroys asks first',
    where: ['plan'],
    footer: 1,
    changes: true,
    disabled: state => (state.starting === undefined ? undefined : 'it is being started'),
  },
  {
    action: 'dry run',
    keys: ['D'],
    label: 'dry run',
    description: 'Walk through the plan and touch nothing',
    where: ['plan'],
    footer: 2,
    changes: true,
    disabled: state => (state.starting === undefined ? undefined : 'it is being started'),
  },
  {
    action: 'acknowledge',
    keys: ['a'],
    label: 'acknowledge',
    description: 'Acknowledge the marked alerts, or the selected one',
    where: ['overview', 'list', 'details'],
    footer: 2,
    changes: true,
    visible: state => listNoun(state) === 'alerts',
    disabled: nothingToAcknowledge,
  },
  {
    action: 'abort',
    keys: ['x'],
    label: 'abort',
    description: 'Stop the run and undo what it did, after a question',
    where: ['run'],
    footer: 3,
    changes: true,
    disabled: notRunning,
  },
  {
    action: 'follow',
    keys: ['f'],
    label: 'follow',
    description: 'Follow the output to its end again',
    where: ['run'],
    footer: 4,
  },
  {
    action: 'other half',
    keys: ['tab', 'left', 'right', 'h', 'l'],
    label: 'steps/output',
    description: 'Show the steps or the output, where the screen is too narrow for both',
    where: ['run'],
    footer: 5,
    visible: state => state.columns < 76,
  },
  {
    action: 'detach',
    keys: ['d'],
    label: 'detach',
    description: 'Leave the screen of the run; the run goes on',
    where: ['run'],
    footer: 6,
  },
  {
    action: 'filter',
    keys: ['/'],
    label: 'filter',
    description: 'Filter the list: words, !word for without, ~word for fuzzy; Esc clears it',
    where: LISTS,
    footer: 3,
  },
  {
    action: 'runbooks',
    keys: ['r'],
    label: 'runbooks',
    description: 'Choose a runbook and see its plan',
    where: ['overview', 'list', 'details', 'run'],
    footer: 4,
  },
  {
    action: 'active run',
    keys: ['R'],
    label: 'run',
    description: 'Go to the run in the header',
    where: ['overview', 'list', 'details', 'help', 'plan'],
    footer: 5,
    visible: state => state.world.snapshot.runs.some(isActive),
  },
  {
    action: 'rollback',
    keys: ['!'],
    label: 'rollback',
    description: 'Emergency: show the plan of the rollback at once',
    where: ['overview', 'list', 'details', 'run'],
    footer: 6,
    changes: true,
    disabled: noRollback,
  },
  {
    action: 'environment',
    keys: ['e'],
    label: 'environment',
    description: 'Switch to another environment',
    where: ['overview', 'list', 'details'],
    footer: 12,
    visible: state => state.world.snapshot.environments.length > 1,
  },
  {
    action: 'command',
    keys: [':'],
    label: 'go to',
    description: 'Type a command: a screen, run NAME, env NAME, filter WORDS, quit',
    where: BROWSING,
    footer: 7,
  },
  {
    action: 'mark',
    keys: ['space'],
    label: 'mark',
    description: 'Mark the row; acknowledge and copy then act on all marked rows',
    where: ['list'],
    footer: 10,
    disabled: nothingSelected,
  },
  {
    action: 'copy',
    keys: ['y'],
    label: 'copy',
    description: 'Copy the marked rows, the plan or the run id to the clipboard of your terminal',
    where: ['overview', 'list', 'details', 'plan', 'run'],
    footer: 11,
  },
  {
    action: 'details',
    keys: ['right', 'l', 'i'],
    label: 'details',
    description: 'Show all that is known about the selected row',
    where: ['list'],
    footer: 9,
    disabled: nothingSelected,
  },
  {action: 'up', keys: ['up', 'k'], label: 'up', description: 'One row up', where: BROWSING},
  {action: 'down', keys: ['down', 'j'], label: 'down', description: 'One row down', where: BROWSING},
  {action: 'page up', keys: ['pgup', 'ctrl-b'], label: 'page up', description: 'One screenful up', where: BROWSING},
  {
    action: 'page down',
    keys: ['pgdn', 'ctrl-f'],
    label: 'page down',
    description: 'One screenful down',
    where: BROWSING,
  },
  {action: 'first', keys: ['g', 'home'], label: 'first', description: 'To the first row', where: BROWSING},
  {
    action: 'last',
    keys: ['G', 'end'],
    label: 'last',
    description: 'To the last row; in a run: follow the output',
    where: BROWSING,
  },
  {
    action: 'next pane',
    keys: ['tab', 'right', 'l'],
    label: 'next pane',
    description: 'To the next pane',
    where: ['overview'],
    footer: 9,
  },
  {
    action: 'previous pane',
    keys: ['shift-tab', 'left', 'h'],
    label: 'previous pane',
    description: 'To the pane before',
    where: ['overview'],
  },
  ...NOUNS.map(
    (noun, index): Binding => ({
      action: noun,
      keys: noun === 'audit' ? [String(index + 1), 'A'] : [String(index + 1)],
      label: noun,
      description: `Open ${PANES[noun].title.toLowerCase()}`,
      where: BROWSING,
    }),
  ),
  {action: 'overview', keys: ['0'], label: 'overview', description: 'Back to the overview', where: BROWSING},
  {
    action: 'last screen',
    keys: ['-'],
    label: 'last screen',
    description: 'The screen before this one',
    where: BROWSING,
  },
  {
    action: 'refresh',
    keys: ['ctrl-r'],
    label: 'refresh',
    description: 'Look at everything now instead of at the next interval',
    where: BROWSING,
  },
  {action: 'help', keys: ['?'], label: 'help', description: 'What can be pressed here', where: BROWSING, footer: 20},
  {
    action: 'back',
    keys: ['esc', 'backspace'],
    label: 'back',
    description: 'One screen back; first clears the filter and the marks',
    where: [...BROWSING, 'runbooks', 'params'],
    footer: 21,
    visible: state => currentScreen(state).kind !== 'overview',
  },
  {
    action: 'back',
    keys: ['left', 'h'],
    label: 'back',
    description: 'One screen back',
    where: ['list', 'details', 'plan'],
  },
  {
    action: 'quit',
    keys: ['q', 'ctrl-c'],
    label: 'quit',
    description: 'Leave the console; runs go on',
    where: BROWSING,
    footer: 22,
  },
]

function nothingSelected(state: UiState): string | undefined {
  const noun = listNoun(state)
  return noun !== undefined && selectedRow(state, noun) === undefined ? 'there is no row here' : undefined
}

function nothingToAcknowledge(state: UiState): string | undefined {
  const rows = chosenRows(state, 'alerts') as readonly AlertRow[]
  if (rows.length === 0) return 'no alert is selected'
  if (rows.every(row => row.state === 'resolved')) return 'the alert is already resolved'
  if (rows.every(row => row.acknowledged !== undefined)) return 'it is acknowledged already'
  return undefined
}

function notRunning(state: UiState): string | undefined {
  const run = state.world.run?.state
  if (!run) return 'nothing is known of the run yet'
  if (run.outcome !== undefined) return 'the run has ended'
  return run.abortRequested ? 'it is stopping already' : undefined
}

function noRollback(state: UiState): string | undefined {
  const book = state.world.runbooks.find(row => row.name === 'rollback')
  if (!book) return 'there is no runbook named rollback'
  return book.problem
}
