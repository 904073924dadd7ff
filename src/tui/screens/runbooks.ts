import type {RunbookRow} from '../../runbooks/rows.ts'
import type {Block, Line} from '../layout/line.ts'
import {beside, blank, line, span} from '../layout/line.ts'
import {inputLine} from '../components/input-line.ts'
import {facts, paragraph} from '../components/facts.ts'
import {pane} from '../components/pane.ts'
import {statusWord} from '../components/status-word.ts'
import type {Column} from '../components/table.ts'
import {table} from '../components/table.ts'
import {matchingRunbooks, pasteInto, pickerKey, pickerLine} from '../state/form.ts'
import type {UiState} from '../state/ui.ts'
import {bodyOf} from '../layout/body.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

export const runbookColumns: readonly Column<RunbookRow>[] = [
  {
    title: 'RUNBOOK',
    name: true,
    width: 12,
    rank: 1,
    cell: row => [span(row.name, row.problem === undefined ? 'bold' : 'dim')],
  },
  {
    title: 'DANGER',
    width: 13,
    rank: 1,
    cell: row => (row.problem === undefined ? statusWord(row.danger) : [span('✘ unusable', 'bad')]),
  },
  {title: 'SUMMARY', width: 16, grow: 4, rank: 2, cell: row => row.problem ?? row.summary},
]

/** The picker: typing finds, Enter goes on to the parameters or the plan. */
export const runbooksScreen = defineScreen<'runbooks'>({
  view,
  hints: [
    {key: 'type', label: 'to find'},
    {key: '↑↓', label: 'choose'},
    {key: 'Enter', label: 'continue'},
    {key: 'Esc', label: 'back'},
  ],
  key: pickerKey,
  prompt: () => ({text: 'Type the name or the number of a runbook, or words to find one.'}),
  line: pickerLine,
  paste: pasteInto,
})

function view(state: UiState, screen: ScreenOf<'runbooks'>): Block {
  const {width, height} = bodyOf(state)
  const found = matchingRunbooks(state, screen.query.text)
  const index = Math.min(screen.index, Math.max(0, found.length - 1))
  const wide = width >= 130 && height >= 14
  const listWidth = wide ? Math.floor(width * 0.62) : width
  const aboutHeight = !wide && height >= 16 ? Math.min(10, Math.floor(height * 0.4)) : 0
  const listHeight = height - aboutHeight
  const inner = listWidth - 4
  const rows: readonly Line[] =
    found.length === 0
      ? [
          line(
            state.world.runbooks.length === 0
              ? 'There are no runbooks. Put files into runbooks/.'
              : 'No matching runbook.',
            'dim',
          ),
        ]
      : table({
          columns: runbookColumns,
          rows: found,
          width: inner,
          height: Math.max(1, listHeight - 4),
          now: state.now,
          selected: index,
        })
  const query = [
    span('› ', 'accent bold'),
    ...inputLine(screen.query, inner - 2, {focused: true, empty: 'type to find'}),
  ]
  const list = pane([query, blank, ...rows], {
    title: 'Runbooks',
    note: [span(`${found.length} of ${state.world.runbooks.length}`, 'dim')],
    width: listWidth,
    height: listHeight,
    focused: true,
  })
  const runbook = found[index]
  if (wide) {
    const own = width - listWidth
    return beside([
      {block: list, width: listWidth},
      {
        block: pane(runbook ? about(runbook, own - 4) : [], {title: runbook?.name ?? '', width: own, height}),
        width: own,
      },
    ])
  }
  return aboutHeight > 0
    ? [...list, ...pane(runbook ? about(runbook, inner) : [], {title: runbook?.name ?? '', width, height: aboutHeight})]
    : list
}

export function about(runbook: RunbookRow, width: number): readonly Line[] {
  const params = runbook.params.map(param => `${param.name}${param.required ? '' : '?'}`).join(', ')
  return [
    ...paragraph(
      runbook.problem ?? (runbook.description || runbook.summary),
      width,
      runbook.problem === undefined ? 'plain' : 'bad',
    ),
    blank,
    ...facts(
      [
        ['danger', statusWord(runbook.danger)],
        ['parameters', params || 'none'],
        ['file', [span(runbook.file, 'dim'), span(runbook.shipped ? '  shipped' : '', 'dim')]],
      ],
      width,
    ),
  ]
}
