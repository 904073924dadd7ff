import {choicesOf, submit, withValue, wrongWith} from './form.ts'
import {knownValues} from './known-values.ts'
import {typedText} from './typing.ts'
import type {Change, Screen, UiState} from './ui.ts'
import {unchanged, withScreen} from './ui.ts'

type Params = Extract<Screen, {kind: 'params'}>

/** A line in plain mode is the value of the field; an empty one keeps what stands there. The last field leads to the plan. */
export function formLine(state: UiState, screen: Params, text: string): Change {
  const {params} = screen.runbook
  const param = params[screen.field]
  if (!param) return submit(state, screen)
  const value = text.trim() === '' ? (screen.values[param.name] ?? '') : text.trim()
  const why = wrongWith(param, value)
  if (why !== undefined) return unchanged(withScreen(state, {...screen, error: why}))
  const filled = withValue(state, screen, {param, next: typedText(value)})
  const form: Params = {...screen, values: {...screen.values, [param.name]: value}, field: screen.field + 1, error: ''}
  return form.field < params.length ? unchanged(withScreen(filled, form)) : submit(withScreen(filled, form), form)
}

/** The field that is asked for: its name, what it may be, and what an empty line means. */
export function fieldPrompt(
  state: UiState,
  {runbook, field, values}: Params,
): {readonly text: string; readonly secret: boolean} {
  const param = runbook.params[field]
  if (!param) return {text: 'Press Enter for the plan.', secret: false}
  const value = values[param.name] ?? ''
  const [choices, known] = [choicesOf(param), knownValues(state.world, param)]
  const parts = [
    `${param.name}${param.required ? ', required' : ''}`,
    param.description,
    choices ? `one of ${choices.join(', ')}` : known.length > 0 ? `known: ${known.join(', ')}` : '',
    value === '' ? (param.required ? '' : 'Enter leaves it out') : `Enter keeps ${param.secret ? 'it' : value}`,
  ]
  return {text: `${parts.filter(Boolean).join('; ')}:`, secret: param.secret}
}
