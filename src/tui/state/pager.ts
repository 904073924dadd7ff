import type {PlacedLine} from '../../runs/ports.ts'
import {pagerRoom, rowsOf} from '../layout/pager-lines.ts'
import {push} from './navigate.ts'
import type {Scroll} from './scroll-way.ts'
import type {Change, PagerScreen, PagerSource, UiState} from './ui.ts'
import {currentScreen, withEffects, withScreen} from './ui.ts'

/** Opens what grows at its end, and a text at its beginning. */
export const openPager = (state: UiState, source: PagerSource): Change => {
  const follow = source.kind !== 'text'
  return push(state, {kind: 'pager', source, at: 0, top: 0, follow, wrap: false, side: 0, search: '', whole: false})
}

export function pagerOf(state: UiState): PagerScreen | undefined {
  const screen = currentScreen(state)
  return screen.kind === 'pager' ? screen : undefined
}

/** The line that the keys are on. */
export function lineAt(state: UiState): PlacedLine | undefined {
  const screen = pagerOf(state)
  return screen && state.world.page?.lines.find(line => line.at === screen.at)
}

export function scrollPager(state: UiState, screen: PagerScreen, wanted: Scroll): UiState {
  const lines = state.world.page?.lines ?? []
  if (wanted === 'first') return withScreen(state, {...screen, at: 0, top: 0, follow: false})
  if (wanted === 'last') return withScreen(state, {...screen, follow: true})
  const page = Math.max(1, pagerRoom(state).height - 1)
  const by = typeof wanted === 'number' ? wanted : wanted === 'page down' ? page : -page
  const index = lines.findIndex(line => line.at === screen.at)
  const next = lines[Math.max(0, Math.min(lines.length - 1, index + by))]
  if (!next) return state
  return withScreen(state, {...screen, at: next.at, follow: by > 0 && next.next >= (state.world.page?.size ?? 0)})
}

/** Goes to a line that was found, with a little of what stands before it. */
export function goTo(state: UiState, source: PagerSource, at: number): Change {
  const screen = pagerOf(state)
  if (screen?.source !== source) return {state, effects: []}
  return withEffects(withScreen(state, {...screen, at, top: -1, follow: false}), {type: 'read'})
}

/** Lines before the one found that are shown with it. */
const LEAD = 4
/** Read on when fewer lines than this are left on a side. */
const MARGIN = 80

/** Brings the line of the keys into sight, and asks for more lines before they run out. */
export function withPage({state, effects}: Change): Change {
  const screen = pagerOf(state)
  const page = state.world.page
  if (!screen || !page) return {state, effects}
  const {lines} = page
  const last = lines.at(-1)
  if (screen.follow && last?.next === page.size) return {state: inSight(state, {...screen, at: last.at}), effects}
  const index = nearest(lines, screen.at, page.size)
  const near = lines[index]
  const atStart = (lines[0]?.at ?? 0) === 0
  const atEnd = last === undefined || last.next >= page.size
  const short = screen.follow || !near || (!atStart && index < MARGIN) || (!atEnd && lines.length - index < MARGIN)
  const asked = effects.some(effect => effect.type === 'read')
  return {
    state: near ? inSight(state, {...screen, at: near.at}) : state,
    effects: short && !asked && page.size > 0 ? [...effects, {type: 'read'}] : effects,
  }
}

/** The line at a place, or the one before it where none begins there; -1 when that part was not read. */
function nearest(lines: readonly PlacedLine[], at: number, size: number): number {
  const last = lines.at(-1)
  if (!last || at < (lines[0]?.at ?? 0) || (at >= last.next && last.next < size)) return -1
  return lines.findLastIndex(line => line.at <= at)
}

function inSight(state: UiState, screen: PagerScreen): UiState {
  const lines = state.world.page?.lines ?? []
  const {width, height} = pagerRoom(state)
  const index = lines.findIndex(line => line.at === screen.at)
  const shown = lines.findIndex(line => line.at === screen.top)
  let top = shown < 0 ? Math.max(0, index - LEAD) : Math.min(shown, index)
  let used = 0
  for (let from = index; from >= top; from--) {
    const line = lines[from]
    used += line ? rowsOf(line, width, screen.wrap) : 0
    if (used > height && from < index) top = from + 1
  }
  // At the end no row stays empty that could show something.
  for (let rows = rowsFrom(lines, top, width, screen.wrap); top > 0; top--) {
    const line = lines[top - 1]
    rows += line ? rowsOf(line, width, screen.wrap) : 0
    if (rows > height) break
  }
  const next = {...screen, top: lines[top]?.at ?? 0}
  return next.at === screen.at && next.top === screen.top && currentScreen(state) === screen
    ? state
    : withScreen(state, next)
}

const rowsFrom = (lines: readonly PlacedLine[], top: number, width: number, wrap: boolean): number =>
  lines.slice(top).reduce((sum, line) => sum + rowsOf(line, width, wrap), 0)
