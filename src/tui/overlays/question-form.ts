import type {DialogOptions} from '../components/dialog.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged} from '../state/ui.ts'
import type {AnswerForm, FormOutcome, FormShape} from './answer-form.ts'
import {formKey, formLine, formPrompt} from './answer-form.ts'
import {pastedInto, QUESTION_HINTS} from './dialog-parts.ts'
import {changed, defineOverlay, type Overlay, type OverlayDefinition} from './overlay.ts'

/** What an answer form can come to, beside being filled in further. */
export type Decision = Exclude<FormOutcome, {readonly kind: 'form'}>

interface QuestionDefinition<Data extends {readonly form: AnswerForm}, Wanted>
  extends Pick<OverlayDefinition<Data, Wanted>, 'id' | 'open' | 'follow' | 'appear'> {
  readonly shape: (data: Data) => FormShape
  readonly decide: (state: UiState, data: Data, decision: Decision) => Change
  readonly content: (state: UiState, data: Data) => DialogOptions
}

/** An overlay that asks something that has consequences; its keys, its lines and its pastes are those of all of them. */
export const defineQuestion = <Data extends {readonly form: AnswerForm}, Wanted>(
  definition: QuestionDefinition<Data, Wanted>,
): Overlay<Data, Wanted> => {
  const {shape, decide, ...rest} = definition
  return defineOverlay({
    ...rest,
    asks: true,
    hints: QUESTION_HINTS,
    key: (state, data, key) => {
      const outcome = formKey(shape(data), data.form, key)
      return outcome.kind === 'form' ? changed(state, {...data, form: outcome.form}) : decide(state, data, outcome)
    },
    paste: pastedInto,
    prompt: (_state, data) => formPrompt(shape(data)),
    line: (state, data, text) => {
      const {form, outcome} = formLine(shape(data), data.form, text)
      const next = {...data, form}
      if (outcome && outcome.kind !== 'form') return decide(state, next, outcome)
      const noted = form.reason.text === data.form.reason.text ? state : telling(state, `Reason: ${form.reason.text}`)
      return text.trim() === '' ? unchanged(state) : changed(noted, next)
    },
  })
}
