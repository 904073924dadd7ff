import type {RunbookParam} from '../../runbooks/rows.ts'
import {inputLine} from '../components/input-line.ts'
import {pane} from '../components/pane.ts'
import {statusWord} from '../components/status-word.ts'
import {bodyOf} from '../layout/body.ts'
import {type Block, blank, fitLine, type Line, line, span, type Tone} from '../layout/line.ts'
import {wrap} from '../layout/text.ts'
import {wrapLine} from '../layout/wrap-line.ts'
import {choicesOf, fieldOf, formKey, pasteInto} from '../state/form.ts'
import {fieldPrompt, formLine} from '../state/form-line.ts'
import {knownValues} from '../state/known-values.ts'
import type {Typed} from '../state/typing.ts'
import type {UiState} from '../state/ui.ts'
import {environmentBadge} from './header.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

/** The form of a runbook's parameters. */
export const paramsScreen = defineScreen<'params'>({
  view,
  hints: [
    {key: '↑↓', label: 'field'},
    {key: '←→', label: 'choice or cursor'},
    {key: 'Enter', label: 'next'},
    {key: 'Esc', label: 'back'},
  ],
  key: formKey,
  prompt: fieldPrompt,
  line: formLine,
  paste: pasteInto,
})

function view(state: UiState, screen: ScreenOf<'params'>): Block {
  const {width, height} = bodyOf(state)
  const {runbook} = screen
  const inner = width - 4
  const groupsOf = ({isWhole, gap}: {readonly isWhole: boolean; readonly gap: Block}): readonly Block[] =>
    runbook.params.map((param, index) => [
      ...(index === 0 ? [] : gap),
      ...fieldLines(param, fieldOf(screen, screen.values[param.name] ?? ''), {
        focused: index === screen.field,
        width: inner,
        known: choicesOf(param) ? [] : knownValues(state.world, param),
        error: index === screen.field ? screen.error : '',
        isWhole: isWhole || index === screen.field,
      }),
    ])
  const onButton = screen.field >= runbook.params.length
  const button: Line = [
    ...fitLine(
      [span(onButton ? '[ Show the plan ]' : '  Show the plan  ', onButton ? 'selected' : 'plain'), span('  ')],
      Math.max(SHOW_THE_PLAN, labelWidth(inner)),
    ),
    span('changes nothing yet', 'dim'),
  ]
  const head = [...wrapLine([...statusWord(runbook.danger), span(`  ${runbook.summary}`)], inner, 3), blank]
  const tail = [
    blank,
    ...(screen.error === '' || !onButton
      ? []
      : wrap(screen.error, inner - 2, 3).map(text => line(`✘ ${text}`, 'bad bold'))),
    button,
  ]
  const space = Math.max(1, height - 2 - head.length - tail.length)
  // What a field means is whole where it is filled in, and everywhere where there is room for that.
  const tight = groupsOf({isWhole: false, gap: []})
  const groups =
    [groupsOf({isWhole: true, gap: [blank]}), groupsOf({isWhole: true, gap: []})].find(
      each => each.flat().length <= space,
    ) ?? tight
  const fields = groups.flat()
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

/** Columns of the button. */
const SHOW_THE_PLAN = 19

/** Columns of the names of fields. */
const labelWidth = (width: number): number => Math.min(20, Math.max(10, Math.floor(width / 4)))

interface FieldView {
  readonly focused: boolean
  readonly width: number
  /** Values that the configuration knows, where others can be typed. */
  readonly known: readonly string[]
  /** What is wrong with it. */
  readonly error: string
  /** Its description in as many lines as it needs; else in one. */
  readonly isWhole: boolean
}

function fieldLines(
  param: RunbookParam,
  value: Typed,
  {focused, width, known, error, isWhole}: FieldView,
): readonly Line[] {
  const label = labelWidth(width)
  const name = fitLine(
    [
      span(focused ? '▸ ' : '  ', 'accent bold'),
      span(param.name, focused ? 'accent bold' : 'plain'),
      span(param.required ? ' *' : '', 'warn'),
    ],
    label,
  )
  const under = (text: string, tone: Tone): Line => [span(' '.repeat(label)), span(text, tone)]
  const room = Math.max(10, width - label)
  const description = isWhole
    ? wrap(param.description, room, 6).map(text => under(text, 'dim'))
    : param.description === ''
      ? []
      : [under(param.description, 'dim')]
  const others =
    focused && known.length > 0
      ? wrap(`→ takes one that is known: ${known.join(', ')}`, room, 4).map(text => under(text, 'dim'))
      : []
  const wrong =
    error === '' ? [] : wrap(error, Math.max(10, width - label - 2), 3).map(text => under(`✘ ${text}`, 'bad bold'))
  return [[...name, ...valueSpans(param, value, {focused, width: width - label})], ...wrong, ...description, ...others]
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
        choice === value ? `● ${choice}` : `○ ${choice}`,
        choice === value ? (focused ? 'selected' : 'bold') : 'dim',
      ),
      span('  '),
    ])
    const empty = param.fallback === undefined ? 'not set' : `${param.fallback} when left out`
    return value === '' ? [...shown, span(empty, 'dim')] : shown
  }
  const text = param.secret ? '•'.repeat(value.length) : value
  const empty = param.fallback ?? (param.required ? 'required' : 'not set')
  return inputLine({text, cursor: field.cursor}, Math.max(4, Math.min(60, width)), {focused, empty})
}
