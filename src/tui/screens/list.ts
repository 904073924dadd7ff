import {formatWhole} from '../../units/number.ts'
import type {Block, Line} from '../layout/line.ts'
import {beside, blank, line, span} from '../layout/line.ts'
import {inside, pane} from '../components/pane.ts'
import {table} from '../components/table.ts'
import type {Noun} from '../panes/registry.ts'
import {detailsView} from '../panes/details-view.ts'
import {PANES} from '../panes/registry.ts'
import {wholeParagraphs} from '../layout/parts.ts'
import {listed} from '../state/lists.ts'
import {MOST} from '../state/reach.ts'
import type {UiState} from '../state/ui.ts'
import {placeOf} from '../state/ui.ts'
import {listLayout} from '../layout/body.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

/** The screen of a noun: its table, and what is known of the selected row. */
export const listScreen = defineScreen<'list'>({view})

function view(state: UiState, {noun}: ScreenOf<'list'>): Block {
  const {rows, total} = listed(state, noun)
  const place = placeOf(state, noun)
  const layout = listLayout(state, rows.length, place.wide, total)
  const definition = PANES[noun]
  const content: readonly Line[] =
    rows.length === 0
      ? [
          blank,
          line(
            place.filter === ''
              ? definition.empty
              : `No match for ${place.filter}. Esc clears the filter${/[\s!~]/.test(place.filter) ? '' : `, ~${place.filter} looks fuzzily`}.`,
            'dim',
          ),
        ]
      : table({
          columns: definition.columns,
          rows,
          width: layout.tableWidth - 4,
          height: layout.tableHeight - 2,
          now: state.now,
          selected: place.index,
          top: place.top,
          marked: row => place.marks.includes(definition.id(row)),
          stale: row => definition.stale?.(row, state.now) ?? false,
        })
  const upper = pane(content, {
    title: definition.title,
    note: listNote(state, noun, {shown: rows.length, total}),
    width: layout.tableWidth,
    height: layout.tableHeight,
    focused: true,
  })
  if (layout.arrangement === 'table') return upper
  const lower = detailsPane(state, noun, rows[place.index], {width: layout.detailsWidth, height: layout.detailsHeight})
  if (layout.arrangement === 'below') return [...upper, ...lower]
  return beside([
    {block: upper, width: layout.tableWidth},
    {block: lower, width: layout.detailsWidth},
  ])
}

function listNote(state: UiState, noun: Noun, counts: {readonly shown: number; readonly total: number}): Line {
  const place = placeOf(state, noun)
  const {sort} = place
  const marks = [
    ...(sort ? [span(`by ${sort.column.toLowerCase()} ${sort.down ? '↓' : '↑'} · `, 'accent')] : []),
    ...(place.marks.length > 0 ? [span(`${place.marks.length} marked · `, 'accent')] : []),
  ]
  if (place.filter !== '') {
    const reach = state.world.reach?.noun === noun ? state.world.reach : undefined
    const further = reach && reach.read < reach.total ? ` that were read, ${formatWhole(reach.total)} are kept` : ''
    return [
      ...marks,
      span(`/${place.filter}`, 'warn'),
      span(` · ${counts.shown} of ${formatWhole(counts.total)}${further}`, 'dim'),
    ]
  }
  const rows = PANES[noun].rows(state.world)
  const words = PANES[noun].note?.(rows, state.now) ?? [span(formatWhole(counts.total), 'dim')]
  const position = positionWords(state, noun, counts)
  if (position === undefined) return [...marks, ...words]
  // How many there are in all stands behind the position.
  const counted = words.length === 1 && /^[\d,]+$/.test(words[0]?.text ?? '')
  return [...marks, ...(counted ? [] : [...words, span(' · ', 'dim')]), span(position, 'dim')]
}

/** `1–40 of 1,204` where the list is longer than the screen, else which row of how many. */
function positionWords(
  state: UiState,
  noun: Noun,
  {shown, total}: {readonly shown: number; readonly total: number},
): string | undefined {
  const {index, top, wide} = placeOf(state, noun)
  const {tableRows} = listLayout(state, shown, wide, total)
  const reach = state.world.reach?.noun === noun ? state.world.reach : undefined
  const older = reach !== undefined && reach.read < reach.total
  if (shown <= tableRows && !older) return shown > 1 ? `${index + 1}/${shown}` : undefined
  const range = `${formatWhole(Math.min(shown, top + 1))}–${formatWhole(Math.min(shown, top + tableRows))}`
  if (!older) return `${range} of ${formatWhole(shown)}`
  const everywhere = noun === 'runs' && state.world.snapshot.environments.length > 1 ? ' in all environments' : ''
  const rest = reach.read < MOST ? '' : `, older: opsconsole ${noun} list --page`
  return `${range} of ${formatWhole(reach.total)}${everywhere}${rest}`
}

interface Room {
  readonly width: number
  readonly height: number
}

function detailsPane(state: UiState, noun: Noun, row: unknown, room: Room): Block {
  const definition = PANES[noun]
  if (row === undefined) return pane([], {title: '', ...room})
  const lines = definition.details(row, detailsView(state, noun, definition.id(row), inside(room)))
  const cut = lines.length > inside(room).height
  return pane(wholeParagraphs(lines, inside(room).height), {
    title: (definition.name ?? definition.id)(row),
    ...(cut ? {note: [span('→', 'accent bold'), span(` all ${lines.length} lines`, 'dim')]} : {}),
    ...room,
  })
}
