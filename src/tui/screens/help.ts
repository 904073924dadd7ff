import type {Block, Line} from '../layout/line.ts'
import {beside, blank, fitLine, line, lineWidth, span} from '../layout/line.ts'
import {widthOf, wrap} from '../layout/text.ts'
import {heading} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import type {Action} from '../actions/action.ts'
import {actionsHere} from '../actions/keys.ts'
import {keyLabel} from '../keymap/key-label.ts'
import {NOUNS} from '../panes/registry.ts'
import type {UiState} from '../state/ui.ts'
import {bodyOf} from '../layout/body.ts'
import {scrolledPane} from '../components/scrolled-pane.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

/** What can be pressed on the screen below this one, and why not where it cannot. */
export const helpScreen = defineScreen<'help'>({view})

function view(state: UiState, {scroll}: ScreenOf<'help'>): Block {
  const {width, height} = bodyOf(state)
  const below: UiState = {...state, screens: state.screens.slice(0, -1)}
  const here = actionsHere(below.screens.length === 0 ? state : below)
  const configured = here.filter(action => action.configured)
  const own = here.filter(action => action.where.length <= 4 && !action.configured)
  const general = here.filter(action => action.where.length > 4 && !action.configured)
  const inner = width - 4
  const named = general.filter(({id}) => isNoun(id))
  const others = general.filter(({id}) => !isNoun(id))
  const isTwo = inner >= TWO_COLUMNS
  const part = isTwo ? Math.floor((inner - GAP) / 2) : inner
  const list = (actions: readonly Action[]): readonly Line[] => {
    const column = Math.min(18, Math.max(...actions.map(action => widthOf(keysOf(action)))) + 2)
    return actions.flatMap(action => actionLines(below, action, {width: part, column}))
  }
  const first: readonly Line[] = [
    heading('On this screen'),
    ...list(own),
    ...(configured.length === 0 ? [] : [blank, heading('Your own keys'), ...list(configured)]),
  ]
  const everywhere = [heading('Everywhere'), ...list(others)]
  const panes = [blank, heading('Panes'), ...inColumns(named.map(paneCell), part)]
  const symbols = [blank, heading('Symbols'), ...legend(part)]
  // The panes stand where the shorter column has room for them.
  const isShorter = first.length <= everywhere.length + symbols.length - panes.length
  const [left, right] = isShorter
    ? [
        [...first, ...panes],
        [...everywhere, ...symbols],
      ]
    : [first, [...everywhere, ...panes, ...symbols]]
  const lines = isTwo
    ? beside(
        [
          {block: left, width: part},
          {block: right, width: inner - GAP - part},
        ],
        GAP,
      )
    : [...first, blank, ...everywhere, ...panes, ...symbols]
  return scrolledPane(lines, {title: 'Help', width, height, scroll})
}

/** From here on what holds on this screen stands beside what holds everywhere. */
const TWO_COLUMNS = 108
const GAP = 4

const isNoun = (id: string): boolean => (NOUNS as readonly string[]).includes(id)
const keysOf = (action: Action): string => action.keys.map(keyLabel).join(' ')

function actionLines(
  state: UiState,
  action: Action,
  {width, column}: {readonly width: number; readonly column: number},
): readonly Line[] {
  const why = action.disabled(state)
  const text = why === undefined ? action.description : `${action.description} (not now: ${why})`
  return wrap(text, Math.max(10, width - column), 4).map((part, index) => [
    ...fitLine([span(index === 0 ? keysOf(action) : '', why === undefined ? 'accent bold' : 'dim')], column),
    span(part, why === undefined ? 'plain' : 'dim'),
  ])
}

/** `1 g s  services`: which keys open which pane. */
const paneCell = (action: Action): Line => [
  ...fitLine([span(keysOf(action), 'accent bold')], Math.max(9, widthOf(keysOf(action)) + 2)),
  span(action.description.replace(/^Open /, '')),
]

/** Short things in as many columns as have room, read from the top down. */
function inColumns(cells: readonly Line[], width: number): readonly Line[] {
  const own = Math.max(...cells.map(lineWidth), 1) + 2
  const columns = Math.max(1, Math.floor((width + 2) / own))
  const rows = Math.ceil(cells.length / columns)
  return Array.from({length: rows}, (_, y) =>
    Array.from({length: columns}, (__, x) => fitLine(cells[x * rows + y] ?? blank, own)).flat(),
  )
}

const SIGN = 13

function legend(width: number): readonly Line[] {
  const rows: readonly (readonly [Line, string])[] = [
    [statusWord('up'), 'healthy'],
    [statusWord('degraded'), 'works, but slowly or only in part'],
    [statusWord('down'), 'not working'],
    [statusWord('no data'), 'not probed for more than two intervals: nothing is known'],
    [statusWord('unknown'), 'a step that was in flight when its runner died; someone must say what became of it'],
    [[span('↩', 'ok'), span(' undo')], 'the step can be undone'],
    [[span('dim row', 'dim')], 'an old value'],
  ]
  return [
    ...rows.flatMap(([sign, meaning]) =>
      wrap(meaning, width - SIGN).map(
        (part, index): Line => [...fitLine(index === 0 ? sign : blank, SIGN), span(part)],
      ),
    ),
    blank,
    ...wrap(
      'Leaving a screen or the console never stops a run. Enter alone never starts anything disruptive or destructive.',
      width,
    ).map(text => line(text, 'dim')),
  ]
}
