import type {Block, Line} from '../layout/line.ts'
import {blank, fitLine, panesBeside, SPOKEN, span} from '../layout/line.ts'
import {isBlank, joinParts, wholeParagraphs} from '../layout/parts.ts'
import {truncate, widthOf} from '../layout/text.ts'
import {incidentLine} from '../components/incident-line.ts'
import {paragraph} from '../components/facts.ts'
import {inside, pane} from '../components/pane.ts'
import {type Cells, lineUnder, table, type TableOptions} from '../components/table.ts'
import {detailsView} from '../panes/details-view.ts'
import type {Noun} from '../panes/registry.ts'
import {nounKey, PANES} from '../panes/registry.ts'
import {listed, selectedIndex} from '../state/lists.ts'
import {arrangement} from '../state/arrangement.ts'
import type {UiState} from '../state/ui.ts'
import {placeOf} from '../state/ui.ts'
import {bodyOf, shareHeight} from '../layout/body.ts'
import {defineScreen} from './screen.ts'

/** The panes of the overview; one at a time with a switcher where there is little room. */
export const overviewScreen = defineScreen<'overview'>({view})

function view(state: UiState): Block {
  const {width, height: whole} = bodyOf(state)
  const incident = incidentOf(state, {width, height: whole})
  const height = whole - incident.length
  return [...incident, ...panes(state, {width, height})]
}

/** Where to begin, above everything; not where it would take a line that a pane needs. */
function incidentOf(state: UiState, {width, height}: Room): Block {
  if (width < 60 || height < 14) return []
  const found = incidentLine(state.world.snapshot, {now: state.now, width, key: nounKey('alerts')})
  return found === undefined ? [] : [found]
}

function panes(state: UiState, {width, height}: Room): Block {
  const columns = arrangement(state)
  if (columns.length === 1) {
    const noun = columns[0]?.includes(state.focus) ? state.focus : 'services'
    if (height < 5) return compactPane(state, noun, {width, height})
    return [switcher(columns[0] ?? [], noun, width), ...compactPane(state, noun, {width, height: height - 1})]
  }
  const share = Math.floor(width / columns.length)
  return panesBeside(
    columns.map((nouns, index) => {
      const own = index === columns.length - 1 ? width - share * (columns.length - 1) : share
      return {width: own, block: stack(state, nouns, {width: own, height})}
    }),
  )
}

interface Room {
  readonly width: number
  readonly height: number
}

function stack(state: UiState, nouns: readonly Noun[], room: Room): Block {
  const wants = nouns.map(noun => {
    const {rows, more} = PANES[noun]
    const all = rows(state.world)
    // Beyond a dozen rows nobody reads the further lines: they are not even counted.
    const further =
      all.length > 12 ? 0 : all.reduce<number>((sum, row) => sum + (more?.(row, state.now).length ?? 0), 0)
    return Math.max(1, all.length + further) + 3
  })
  const heights = shareHeight(room.height, wants, 5)
  return nouns.flatMap((noun, index) => compactPane(state, noun, {width: room.width, height: heights[index] ?? 0}))
}

function compactPane(state: UiState, noun: Noun, room: Room): Block {
  const definition = PANES[noun]
  const {rows} = listed(state, noun)
  const focused = state.focus === noun
  const inner = inside(room)
  const place = placeOf(state, noun)
  const options = {
    columns: definition.compact ?? definition.columns,
    rows,
    ...inner,
    now: state.now,
    header: inner.height > 3 || inner.height > rows.length,
    selected: focused ? selectedIndex(rows, noun, place) : undefined,
    stale: (row: unknown) => definition.stale?.(row, state.now) ?? false,
  }
  const more = (row: unknown): readonly Line[] =>
    definition.more?.(row, state.now).map(each => moreLine(each, options)) ?? []
  const content: readonly Line[] =
    rows.length === 0
      ? paragraph(place.filter === '' ? definition.empty : `No match for ${place.filter}`, inner.width, 'dim')
      : withMore(table(options), rows, more)
  const below = selectionLines(state, noun, {width: inner.width, height: inner.height - usedOf(content)})
  const note =
    place.filter === '' ? definition.note?.(rows, state.now, room.width < 56) : [span(`/${place.filter}`, 'warn')]
  return pane(below.length === 0 ? content : [...content.slice(0, inner.height - below.length), ...below], {
    title: definition.title,
    key: nounKey(noun),
    ...(note ? {note} : {}),
    ...room,
    focused,
  })
}

const LEAST_DETAILS = 12
const NARROWEST_DETAILS = 46

/** What is known of the selected row, where a large screen has room for it under all of them; the first is the worst. */
function selectionLines(state: UiState, noun: Noun, {width, height}: Room): readonly Line[] {
  const {rows} = listed(state, noun)
  const row = rows[selectedIndex(rows, noun, placeOf(state, noun))]
  if (row === undefined || height < LEAST_DETAILS || width < NARROWEST_DETAILS || width === SPOKEN) return []
  const {details, id, name = id} = PANES[noun]
  const focused = state.focus === noun
  const title = truncate(name(row), width - 6)
  const rule: Line = [
    span('── ', 'dim'),
    span(title, focused ? 'accent' : 'plain'),
    span(` ${'─'.repeat(Math.max(0, width - 4 - widthOf(title)))}`, 'dim'),
  ]
  const lines = details(row, detailsView(state, noun, id(row), {width, height: height - 2}))
  return [blank, rule, ...wholeParagraphs(lines, height - 2), ...Array.from({length: height}, () => blank)].slice(
    0,
    height,
  )
}

/** Lines of a pane down to the last one that says something. */
const usedOf = (lines: readonly Line[]): number => lines.findLastIndex(each => !isBlank(each)) + 1

/** `‹ Services · Alerts · Caches ›`: where one is among the panes. */
function switcher(nouns: readonly Noun[], current: Noun, width: number): Line {
  const names = nouns.map((noun): Line => {
    const title = PANES[noun].title
    return noun === current ? [span(` ${title} `, 'selected')] : [span(` ${title} `, 'dim')]
  })
  const index = nouns.indexOf(current)
  // The names before the current one are dropped until it fits, so that it is always visible.
  for (let from = 0; from <= index; from++) {
    const shown = names.slice(from).flat()
    const upToCurrent = names.slice(from, index + 1).flat()
    if (from === index || widthSum(upToCurrent) <= width - 2)
      return fitLine([span(from > 0 ? '‹' : ' ', 'dim'), ...shown], width)
  }
  return fitLine([], width)
}

const widthSum = (spans: Line): number => spans.reduce((sum, each) => sum + each.text.length, 0)

const moreLine = (each: readonly Line[] | Cells, options: TableOptions<unknown>): Line =>
  isParts(each) ? [span('  '), ...joinParts(each, options.width - 2)] : lineUnder(options, each)

const isParts = (each: readonly Line[] | Cells): each is readonly Line[] => Array.isArray(each)

/** Every row with its further lines under it, when there is room for all of them; else the table as it is. */
function withMore(lines: Block, rows: readonly unknown[], more: (row: unknown) => readonly Line[]): readonly Line[] {
  const heads = lines.slice(0, 1)
  const extra = rows.map(more)
  const needed = heads.length + rows.length + extra.flat().length
  if (rows.length === 0 || extra.flat().length === 0 || needed > lines.length) return lines
  return [...heads, ...rows.flatMap((_, index) => [lines[index + 1] ?? [], ...(extra[index] ?? [])])]
}
