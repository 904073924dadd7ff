import {nameWith} from '../../identity/named.ts'
import type {DialogOptions} from '../components/dialog.ts'
import type {Hint} from '../components/key-hints.ts'
import {inputLine} from '../components/input-line.ts'
import type {Line, Tone} from '../layout/line.ts'
import {blank, fitLine, line, SPOKEN, span} from '../layout/line.ts'
import {wrap} from '../layout/text.ts'
import {environmentBadge} from '../screens/header.ts'
import type {UiState} from '../state/ui.ts'
import {telling, unchanged} from '../state/ui.ts'
import type {Change} from '../state/ui.ts'
import type {AnswerForm, FormShape} from './answer-form.ts'
import {formPasted} from './answer-form.ts'
import {changed} from './overlay.ts'

export const DIALOG_WIDTH = 74

export const QUESTION_HINTS: readonly Hint[] = [
  {key: 'Tab', label: 'next'},
  {key: 'Enter', label: 'press'},
  {key: 'PgDn', label: 'more'},
  {key: 'Esc', label: 'close'},
]

/** Questions wear the colour of their environment, and its name in their frame. */
export function questionLook(state: UiState): {readonly tone: Tone; readonly heavy: boolean; readonly note: Line} {
  const isProtected = state.world.snapshot.environment.protected
  return {tone: isProtected ? 'bad' : 'accent', heavy: isProtected, note: environmentBadge(state)}
}

export const innerWidth = (state: UiState): number =>
  state.columns === SPOKEN ? SPOKEN : Math.max(8, Math.min(DIALOG_WIDTH, state.columns) - 4)

export const words = (state: UiState, text: string, tone: Tone = 'plain', limit = 6): readonly Line[] =>
  wrap(text, innerWidth(state), limit).map(part => line(part, tone))

/** Everything of a list, each with its mark, under a heading; nothing for an empty one. */
export function listed(
  state: UiState,
  list: readonly string[],
  {heading, mark = '▸', tone = 'plain'}: {readonly heading: string; readonly mark?: string; readonly tone?: Tone},
): readonly Line[] {
  if (list.length === 0) return []
  const lines = list.flatMap(each =>
    wrap(each, innerWidth(state) - 4, 10).map((part, index) =>
      line(`${index === 0 ? `  ${mark} ` : '    '}${part}`, tone),
    ),
  )
  return [blank, line(heading, 'dim'), ...lines]
}

/** Fields, buttons and focus of a question. */
export function formParts(
  state: UiState,
  {shape, form, below = []}: {readonly shape: FormShape; readonly form: AnswerForm; readonly below?: readonly Line[]},
): Pick<DialogOptions, 'fields' | 'buttons' | 'focus'> {
  const focus = shape.buttons.findIndex(button => button.id === form.focus)
  return {
    fields: [
      ...(shape.wanted === undefined ? [] : wantedField(state, shape.wanted, form)),
      blank,
      reasonField(state, form),
      ...actorLine(state),
      ...below,
    ],
    buttons: shape.buttons,
    focus: focus < 0 ? undefined : focus,
  }
}

/** Where the kernel knows no login, a person sees as whom they answer. */
export function actorLine({world}: UiState): readonly Line[] {
  const {actor} = world.snapshot
  return actor?.noLogin
    ? [line(`as ${nameWith(actor.name, true)}: recorded as this account, whoever uses it`, 'dim')]
    : []
}

function reasonField(state: UiState, form: AnswerForm): Line {
  const focused = form.focus === 'reason'
  return [
    ...fitLine([span('reason', focused ? 'accent bold' : 'dim')], 10),
    ...inputLine(form.reason, innerWidth(state) - 10, {
      focused,
      empty: focused ? 'for the audit trail' : 'none (Tab to give one)',
    }),
  ]
}

function wantedField(state: UiState, wanted: string, form: AnswerForm): readonly Line[] {
  const right = form.typed.text === wanted
  return [
    blank,
    [span('Type '), span(wanted, 'bad bold'), span(' to confirm:')],
    [
      span('› ', 'accent bold'),
      ...inputLine(form.typed, innerWidth(state) - 14, {focused: form.focus === 'typed'}),
      span(right ? '  ✓ Enter' : '', 'ok'),
    ],
  ]
}

/** What a paste does in every question. */
export function pastedInto(state: UiState, data: {readonly form: AnswerForm}, text: string): Change {
  const form = formPasted(data.form, text)
  return form ? changed(state, {...data, form}) : unchanged(telling(state, 'Please type it: pasting is disabled here.'))
}
