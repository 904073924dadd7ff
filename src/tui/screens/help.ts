import type {Block, Line} from '../layout/line.ts'
import {blank, fitLine, line, span} from '../layout/line.ts'
import {wrap} from '../layout/text.ts'
import {heading} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import type {Action} from '../actions/action.ts'
import {actionsHere} from '../actions/keys.ts'
import {keyLabel} from '../keymap/key-label.ts'
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
  const lines: readonly Line[] = [
    heading('On this screen'),
    ...own.flatMap(action => actionLines(below, action, inner)),
    ...(configured.length === 0 ? [] : [blank, heading('Your own keys')]),
    ...configured.flatMap(action => actionLines(below, action, inner)),
    blank,
    heading('Everywhere'),
    ...general.flatMap(action => actionLines(below, action, inner)),
    blank,
    heading('Symbols'),
    ...legend(inner),
  ]
  return scrolledPane(lines, {title: 'Help', width, height, scroll})
}

function actionLines(state: UiState, action: Action, width: number): readonly Line[] {
  const keys = action.keys.map(keyLabel).join(' ')
  const column = 18
  const why = action.disabled(state)
  const text = why === undefined ? action.description : `${action.description} (not now: ${why})`
  return wrap(text, Math.max(10, width - column), 3).map((part, index) => [
    ...fitLine([span(index === 0 ? keys : '', why === undefined ? 'accent bold' : 'dim')], column),
    span(part, why === undefined ? 'plain' : 'dim'),
  ])
}

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
    ...rows.map(([sign, meaning]): Line => [...fitLine(sign, 18), span(meaning)]),
    blank,
    ...wrap(
      'Leaving a screen or the console never stops a run. Enter alone never starts anything disruptive or destructive.',
      width,
    ).map(text => line(text, 'dim')),
  ]
}
