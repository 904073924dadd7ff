import {openDecisions} from '../../runbooks/decisions.ts'
import type {Decision} from '../../runbooks/define.ts'
import {blank} from '../layout/line.ts'
import {telling, unchanged, type UiState, withEffects} from '../state/ui.ts'
import type {AnswerForm, FormShape} from './answer-form.ts'
import {openForm} from './answer-form.ts'
import {DIALOG_WIDTH, formParts, questionLook, words} from './dialog-parts.ts'
import {closed} from './overlay.ts'
import {defineQuestion} from './question-form.ts'

export interface Deciding {
  readonly run: string
  readonly step: string
  readonly decision: Decision
  readonly form: AnswerForm
}

export type Offered = Omit<Deciding, 'form'>

const shapeOf = ({title}: Decision): FormShape => ({
  wanted: undefined,
  buttons: [
    {id: 'leave', label: 'Leave it as it is', key: 'n'},
    {id: 'decide', label: title, key: 'y'},
  ],
})

/** One of these that the step on screen takes now; undefined: none. */
export function offered({world}: UiState, ...ids: readonly string[]): Offered | undefined {
  const run = world.run?.state
  const decision = run && !run.lost ? openDecisions(run).find(({id}) => ids.includes(id)) : undefined
  return run?.current === undefined || decision === undefined ? undefined : {run: run.run, step: run.current, decision}
}

/** Something that is decided of the step that runs, with what it leads to: exactly what its plan said. */
export const deciding = defineQuestion<Deciding, Offered>({
  id: 'deciding',
  open: (_state, wanted) => ({...wanted, form: openForm(shapeOf(wanted.decision))}),
  shape: ({decision}) => shapeOf(decision),
  decide: (state, {run, step, decision: wanted, form}, decision) => {
    if (decision.kind === 'not the text')
      return unchanged(telling(state, `Type leave it as it is, or ${wanted.title.toLowerCase()}.`))
    if (decision.kind !== 'button' || decision.id !== 'decide') return unchanged(closed(state))
    return withEffects(telling(closed(state), `${wanted.title}…`), {
      type: 'decide',
      run,
      step,
      choice: wanted.id,
      reason: form.reason.text.trim(),
    })
  },
  content: (state, {step, decision, form}) => {
    const shape = shapeOf(decision)
    const view = state.world.run?.state?.steps.find(each => each.step.id === step)
    return {
      ...questionLook(state),
      title: `${decision.title}?`,
      width: DIALOG_WIDTH,
      body: [
        blank,
        ...words(state, view?.step.title ?? step, 'bold', 3),
        ...words(state, decision.consequence, 'warn', 4),
      ],
      ...formParts(state, {shape, form}),
    }
  },
  follow: (state, {step, decision}) =>
    offered(state, decision.id)?.step === step ? state : telling(closed(state), 'That step has ended.'),
})
