import type {RunbookParam, RunbookRow} from '../../runbooks/rows.ts'
import type {Block, Line} from '../layout/line.ts'
import {beside, blank, fitLine, line, span} from '../layout/line.ts'
import {wrap} from '../layout/text.ts'
import {inputLine} from '../components/input-line.ts'
import {facts, paragraph} from '../components/facts.ts'
import {pane} from '../components/pane.ts'
import {statusWord} from '../components/status-word.ts'
import type {Column} from '../components/table.ts'
import {table} from '../components/table.ts'
import {choicesOf, fieldOf, matchingRunbooks} from '../state/form.ts'
import type {Typed} from '../state/typing.ts'
import type {Screen, UiState} from '../state/ui.ts'
import {environmentBadge} from './header.ts'
import {bodyOf} from '../layout/body.ts'

const columns: readonly Column<RunbookRow>[] = [
  {
    title: 'RUNBOOK',
    width: 16,
    grow: 1,
    max: 26,
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
export function runbooksScreen(state: UiState, screen: Extract<Screen, {kind: 'runbooks'}>): Block {
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
          columns,
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

function about(runbook: RunbookRow, width: number): readonly Line[] {
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

/** The form of a runbook's parameters. */
export function paramsScreen(state: UiState, screen: Extract<Screen, {kind: 'params'}>): Block {
  const {width, height} = bodyOf(state)
  const {runbook} = screen
  const inner = width - 4
  const groups = runbook.params.map((param, index) =>
    fieldLines(param, fieldOf(screen, screen.values[param.name] ?? ''), {
      focused: index === screen.field,
      width: inner,
    }),
  )
  const onButton = screen.field >= runbook.params.length
  const button: Line = [
    span(onButton ? '[ Show the plan ]' : '  Show the plan  ', onButton ? 'selected' : 'plain'),
    span('  changes nothing yet', 'dim'),
  ]
  const fields = groups.flat()
  const head = [[...statusWord(runbook.danger), span(`  ${runbook.summary}`)], blank]
  const tail = [
    blank,
    ...(screen.error === '' ? [] : wrap(screen.error, inner - 2, 3).map(text => line(`✘ ${text}`, 'bad bold'))),
    button,
  ]
  const space = Math.max(1, height - 2 - head.length - tail.length)
  const before = groups.slice(0, screen.field + 1).flat().length
  const top = Math.max(0, Math.min(before - space, fields.length - space))
  return pane([...head, ...fields.slice(top, top + space), ...tail], {
    title: runbook.name,
    note: environmentBadge(state),
    width,
    height,
    focused: true,
  })
}

function fieldLines(
  param: RunbookParam,
  value: Typed,
  {focused, width}: {readonly focused: boolean; readonly width: number},
): readonly Line[] {
  const label = Math.min(20, Math.max(10, Math.floor(width / 4)))
  const name = fitLine(
    [
      span(focused ? '▸ ' : '  ', 'accent bold'),
      span(param.name, focused ? 'accent bold' : 'plain'),
      span(param.required ? ' *' : '', 'warn'),
    ],
    label,
  )
  const description = param.description === '' ? [] : [[span(' '.repeat(label)), span(param.description, 'dim')]]
  return [[...name, ...valueSpans(param, value, {focused, width: width - label})], ...description]
}

function valueSpans(
  param: RunbookParam,
  field: Typed,
  {focused, width}: {readonly focused: boolean; readonly width: number},
): Line {
  const value = field.text
  const choices = choicesOf(param)
  if (choices) {
    const shown = choices.flatMap(choice => [
      span(
        choice === value ? ` ● ${choice} ` : ` ○ ${choice} `,
        choice === value ? (focused ? 'selected' : 'bold') : 'dim',
      ),
    ])
    return value === '' ? [...shown, span(' not set', 'dim')] : shown
  }
  const text = param.secret ? '•'.repeat(value.length) : value
  const empty = param.fallback ?? (param.required ? 'required' : 'not set')
  return inputLine({text, cursor: field.cursor}, Math.max(4, Math.min(60, width)), {focused, empty})
}
