import {bodyOf, listLayout, runLayout} from '../layout/body.ts'
import {listed, listNoun, move, scrollDetails, select} from './lists.ts'
import {scrollPager} from './pager.ts'
import type {Scroll} from './scroll-way.ts'
import type {Screen, UiState} from './ui.ts'
import {currentScreen, placeOf, withScreen} from './ui.ts'

const FAR = 1e9

/** Rows of a list, lines of details, steps of a plan, output of a run. */
export function scroll(state: UiState, wanted: Scroll): UiState {
  const screen = currentScreen(state)
  const by = linesOf(wanted, Math.max(1, bodyOf(state).height - 4))
  if (screen.kind === 'pager') return scrollPager(state, screen, wanted)
  if (screen.kind === 'details' || screen.kind === 'help') return scrollDetails(state, by, 1000)
  if (screen.kind === 'plan') {
    const index = Math.max(0, Math.min(screen.plan.steps.length - 1, screen.index + by))
    return withScreen(state, {...screen, index})
  }
  return screen.kind === 'run' ? scrollOutput(state, screen, by) : scrollRows(state, wanted)
}

function linesOf(wanted: Scroll, page: number): number {
  if (typeof wanted === 'number') return wanted
  return {'page up': -page, 'page down': page, first: -FAR, last: FAR}[wanted]
}

function scrollRows(state: UiState, wanted: Scroll): UiState {
  const noun = listNoun(state)
  if (noun === undefined) return state
  if (wanted === 'first') return select(state, noun, 0)
  if (wanted === 'last') return select(state, noun, Number.MAX_SAFE_INTEGER)
  const {rows, total} = listed(state, noun)
  const page = Math.max(1, listLayout(state, rows.length, placeOf(state, noun).wide, total).tableRows - 1)
  return move(state, noun, linesOf(wanted, page))
}

/** Scrolling up stops following; reaching the end follows again. */
function scrollOutput(state: UiState, screen: Extract<Screen, {kind: 'run'}>, by: number): UiState {
  const run = state.world.run
  const total = run?.total ?? 0
  const known = run?.lines.length ?? 0
  const visible = runLayout(state).outputRows
  const moved = screen.back === 0 ? 0 : total - screen.anchor
  const back = Math.max(0, Math.min(Math.max(0, known - visible), screen.back + moved - by))
  return withScreen(state, {...screen, back, anchor: total})
}
