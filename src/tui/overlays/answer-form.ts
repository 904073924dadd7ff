import {typedBy} from '../keyboard.ts'
import type {Typed} from '../state/typing.ts'
import {edit, insert, nothingTyped, pasted, typedText} from '../state/typing.ts'

/**
 * The keys of every question that has consequences. Only Enter acts: on the focused button, or on exactly the wanted
 * text. A letter merely chooses its button, and a second one shows that a sentence is being typed: then all of it is
 * the reason. So whatever is typed, wherever the focus is, nothing happens that was not chosen.
 */
export interface AnswerForm {
  /** `typed`, `reason`, or the id of a button. */
  readonly focus: string
  readonly typed: Typed
  readonly reason: Typed
  /** The letter that has just chosen the focused button. */
  readonly letter: string | undefined
}

export interface FormShape {
  /** Text that must be typed exactly to say yes; undefined: a button says it. */
  readonly wanted: string | undefined
  /** The first one changes nothing. */
  readonly buttons: readonly FormButton[]
}

export interface FormButton {
  readonly id: string
  readonly label: string
  /** Letter that chooses it. */
  readonly key?: string
}

export type FormOutcome =
  | {readonly kind: 'form'; readonly form: AnswerForm}
  | {readonly kind: 'button'; readonly id: string}
  /** The wanted text stands there, and Enter was pressed. */
  | {readonly kind: 'confirmed'}
  | {readonly kind: 'not the text'}
  | {readonly kind: 'left'}

const safe = (shape: FormShape): string => shape.buttons[0]?.id ?? ''

/** Opens with the focus where Enter does nothing: on the field for the wanted text, or on the first button. */
export const openForm = (shape: FormShape): AnswerForm => ({
  focus: shape.wanted === undefined ? safe(shape) : 'typed',
  typed: nothingTyped,
  reason: nothingTyped,
  letter: undefined,
})

/** Where Tab goes. The reason is always the first stop. */
function ring({wanted, buttons}: FormShape): readonly string[] {
  const ids = buttons.map(button => button.id)
  return wanted === undefined ? [...ids.slice(0, 1), 'reason', ...ids.slice(1)] : ['typed', 'reason', ...ids]
}

const turned = (order: readonly string[], from: string, by: number): string =>
  order[(order.indexOf(from) + by + order.length) % order.length] ?? from

export function formKey(shape: FormShape, form: AnswerForm, key: string): FormOutcome {
  const to = (focus: string): FormOutcome => ({kind: 'form', form: {...form, focus, letter: undefined}})
  if (key === 'esc') return {kind: 'left'}
  if (key === 'tab' || key === 'down') return to(turned(ring(shape), form.focus, 1))
  if (key === 'shift-tab' || key === 'up') return to(turned(ring(shape), form.focus, -1))
  if (form.focus === 'typed' || form.focus === 'reason') return fieldKey(shape, form, key)
  if (key === 'enter') return {kind: 'button', id: form.focus}
  if (key === 'left' || key === 'right') {
    const ids = shape.buttons.map(button => button.id)
    return to(turned(ids, form.focus, key === 'left' ? -1 : 1))
  }
  if (key === 'backspace') return to(safe(shape))
  return {kind: 'form', form: letterOnButton(shape, form, key)}
}

function fieldKey(shape: FormShape, form: AnswerForm, key: string): FormOutcome {
  const field = form.focus === 'typed' ? 'typed' : 'reason'
  if (key === 'enter') {
    if (field === 'reason')
      return {kind: 'form', form: {...form, focus: shape.wanted === undefined ? safe(shape) : 'typed'}}
    return form.typed.text === shape.wanted ? {kind: 'confirmed'} : {kind: 'not the text'}
  }
  return {kind: 'form', form: {...form, [field]: edit(form[field], key) ?? form[field]}}
}

/** The first letter chooses the button that has it; anything more is a sentence, and goes to the reason. */
function letterOnButton(shape: FormShape, form: AnswerForm, key: string): AnswerForm {
  const letter = typedBy(key)
  if (letter === undefined) return form
  const button = form.letter === undefined ? shape.buttons.find(each => each.key === key) : undefined
  if (button) return {...form, focus: button.id, letter}
  const sentence = `${form.letter ?? ''}${letter}`
  return {...form, focus: 'reason', letter: undefined, reason: insert(form.reason, sentence)}
}

/** What was decided, and the form with what was typed; undefined: nothing yet. */
export interface FormAnswer {
  readonly form: AnswerForm
  readonly outcome: FormOutcome | undefined
}

/** A whole line that was typed, in plain mode: exactly the wanted text, the label of a button, or `reason WORDS`. */
export function formLine(shape: FormShape, form: AnswerForm, text: string): FormAnswer {
  const said = text.trim()
  if (said === '') return {form, outcome: undefined}
  const reason = /^reason\s+(.+)$/i.exec(said)?.[1]
  if (reason !== undefined) return {form: {...form, reason: typedText(reason)}, outcome: undefined}
  const typed = {...form, typed: typedText(text)}
  if (text === shape.wanted) return {form: typed, outcome: {kind: 'confirmed'}}
  const button = shape.buttons.find(({label}) => label.toLowerCase() === said.toLowerCase())
  return {form: typed, outcome: button ? {kind: 'button', id: button.id} : {kind: 'not the text'}}
}

/** What can be typed in plain mode, as a sentence. */
export function formPrompt({wanted, buttons}: FormShape): string {
  const labels = buttons.map(({label}) => label.toLowerCase()).join(', ')
  const answers = wanted === undefined ? `Type one of: ${labels}.` : `Type ${wanted} to confirm, or: ${labels}.`
  return `${answers} Before that, reason and some words give a reason.`
}

/** Pasted text is a reason too, wherever the focus is; but what must be typed cannot be pasted: it would need no reading. */
export const formPasted = (form: AnswerForm, text: string): AnswerForm | undefined =>
  form.focus === 'typed' ? undefined : {...form, focus: 'reason', letter: undefined, reason: pasted(form.reason, text)}
