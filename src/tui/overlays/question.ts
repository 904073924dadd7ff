import type {Prompt} from '../../runbooks/events.ts'
import {hostAnswerText} from '../../runbooks/host-answers.ts'
import {shortDuration} from '../components/age.ts'
import {paramText} from '../components/param-text.ts'
import {blank, line} from '../layout/line.ts'
import type {Change, UiState} from '../state/ui.ts'
import {currentScreen, forbidden, telling, unchanged, withEffects} from '../state/ui.ts'
import type {AnswerForm, FormShape} from './answer-form.ts'
import {openForm} from './answer-form.ts'
import {DIALOG_WIDTH, formParts, listed, questionLook, words} from './dialog-parts.ts'
import {closed, withData} from './overlay.ts'
import {defineQuestion} from './question-form.ts'

export interface Question {
  readonly run: string
  readonly prompt: Prompt
  readonly form: AnswerForm
  /** Answers go for this one of its hosts, by its number; undefined: for all of them. */
  readonly host?: number | undefined
}

/** Not an answer: the program of the question is run in this terminal, and the question stays. */
const RUN_HERE = 'run it here'
const LATER = 'later'
/** No answers either: which hosts the next one is for. */
const BY_HOST = 'host by host'
const NEXT_HOST = 'next host'

const hostsOf = ({byHost}: Prompt): readonly string[] => byHost?.hosts ?? []

/** What is offered for one of several hosts, and for all of them. */
function offeredBy(prompt: Prompt, host: number | undefined): readonly string[] {
  if (host !== undefined) return [...(prompt.byHost?.choices ?? []), ...(hostsOf(prompt).length > 1 ? [NEXT_HOST] : [])]
  return [...prompt.choices, ...(hostsOf(prompt).length > 1 ? [BY_HOST] : [])]
}

/** The answers a question offers. Where text must be typed, that text is the yes, so `yes` is no button. */
export function shapeOf(prompt: Prompt, host?: number): FormShape {
  const used = new Set<string>()
  const all = offeredBy(prompt, host)
  const here = prompt.terminal === undefined ? [] : [RUN_HERE]
  const offered = prompt.type === undefined ? all : all.filter(choice => choice !== 'yes')
  const choices = [...here, ...offered].map(answer => {
    const key = Array.from(answer.toLowerCase()).find(letter => /[a-z]/.test(letter) && !used.has(letter))
    if (key !== undefined) used.add(key)
    return {id: `answer ${answer}`, label: answer, ...(key === undefined || prompt.type !== undefined ? {} : {key})}
  })
  return {wanted: prompt.type, buttons: [{id: LATER, label: 'Decide later'}, ...choices]}
}

/** A question that the run on the screen waits for. It opens by itself, unless it was put off. */
export const question = defineQuestion<Question, Prompt>({
  id: 'question',
  open: (state, prompt) => ({run: state.world.run?.id ?? '', prompt, form: openForm(shapeOf(prompt))}),
  shape: ({prompt, host}) => shapeOf(prompt, host),
  decide: (state, data, decision) => {
    switch (decision.kind) {
      case 'confirmed':
        return answer(state, data, data.form.typed.text)
      case 'button':
        return decision.id === LATER ? putOff(state, data) : answer(state, data, decision.id.slice('answer '.length))
      case 'left':
        return putOff(state, data)
      default: {
        const wanted =
          data.prompt.type === undefined ? 'one of the answers' : `exactly ${JSON.stringify(data.prompt.type)}`
        return unchanged(telling(state, `Type ${wanted} to continue, or press Esc to decide later.`))
      }
    }
  },
  content: (state, {prompt, form, host}) => {
    const run = state.world.run?.state
    const step = run?.steps.find(view => view.step.id === prompt.step)
    const left = shortDuration(Math.max(0, prompt.expiresAt - state.now))
    return {
      ...questionLook(state),
      title: `${TITLES[prompt.kind] ?? 'The run asks'}: ${nameOf(state)}`,
      width: DIALOG_WIDTH,
      body: [
        blank,
        ...words(state, prompt.text, 'bold', 8),
        ...(host === undefined
          ? []
          : [line(`Host ${host + 1} of ${hostsOf(prompt).length}: ${hostsOf(prompt)[host]}`, 'bold')]),
        ...(run && step ? [line(`Step ${step.step.index + 1} of ${run.steps.length}: ${step.step.title}`, 'dim')] : []),
        ...listed(state, prompt.touches, {heading: 'This touches'}),
      ],
      ...formParts(state, {
        shape: shapeOf(prompt, host),
        form,
        below: [
          line(`Times out in ${left}, then ${FALLBACKS[prompt.fallback] ?? `answers ${prompt.fallback}`}`, 'dim'),
        ],
      }),
    }
  },
  follow: (state, {prompt}) => {
    const now = state.world.run?.state?.prompt
    if (now?.id === prompt.id) return state
    return now ? closed(state) : telling(closed(state), 'The question is no longer open.')
  },
  appear: state => {
    const screen = currentScreen(state)
    const prompt = state.world.run?.state?.prompt
    if (screen.kind !== 'run' || !prompt || forbidden(state) !== undefined) return undefined
    return state.putOff.includes(keyOf(screen.id, prompt)) ? undefined : prompt
  },
})

/** By the kind of the question. */
const TITLES: Readonly<Record<string, string>> = {
  approval: 'The run needs an approval',
  confirm: 'The run asks',
  manual: 'Manual step',
  unknown: 'Outcome unknown',
  failure: 'Step failed',
}

/** What the run does by itself when nobody answers. */
const FALLBACKS: Readonly<Record<string, string>> = {
  abort: 'aborts',
  no: 'takes it as a no',
  leave: 'leaves it as it is',
}

/** The run that asks, by what it works on: `deploy release=web version=2.4.1`. */
function nameOf({world}: UiState): string {
  const plan = world.run?.state?.plan
  return plan ? `${plan.runbook} ${paramText(plan.params)}`.trimEnd() : (world.run?.id ?? '')
}

const keyOf = (run: string, prompt: Prompt): string => `${run} ${prompt.id}`

/** Questions that are remembered as put off; older ones are long settled. */
const REMEMBERED = 20

const withoutQuestion = (state: UiState, {run, prompt}: Question): UiState => ({
  ...closed(state),
  putOff: [...state.putOff.slice(-REMEMBERED), keyOf(run, prompt)],
})

const putOff = (state: UiState, data: Question): Change =>
  unchanged(telling(withoutQuestion(state, data), 'The run keeps waiting; Enter reopens the question.'))

function answer(state: UiState, data: Question, text: string): Change {
  const {run, prompt, form, host} = data
  if (text === BY_HOST || text === NEXT_HOST) {
    const next = host === undefined ? 0 : (host + 1) % hostsOf(prompt).length
    const fresh = {...openForm(shapeOf(prompt, next)), reason: form.reason}
    return unchanged(withData(state, {...data, host: next, form: fresh}))
  }
  if (text === RUN_HERE) {
    const again = withData(state, {...data, form: {...openForm(shapeOf(prompt)), reason: form.reason}})
    return withEffects(again, {type: 'terminal', argv: prompt.terminal ?? []})
  }
  return withEffects(withoutQuestion(state, data), {
    type: 'answer',
    run,
    prompt: prompt.id,
    answer: host === undefined ? text : hostAnswerText(text, [hostsOf(prompt)[host] ?? '']),
    reason: form.reason.text.trim(),
  })
}
