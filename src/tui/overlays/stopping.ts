import type {StepView} from '../../runbooks/state.ts'
import {paramText} from '../components/param-text.ts'
import {blank} from '../layout/line.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import type {AnswerForm, FormShape} from './answer-form.ts'
import {openForm} from './answer-form.ts'
import {DIALOG_WIDTH, formParts, listed, questionLook, words} from './dialog-parts.ts'
import {closed} from './overlay.ts'
import {defineQuestion} from './question-form.ts'

export interface Stopping {
  readonly run: string
  readonly form: AnswerForm
}

const SHAPE: FormShape = {
  wanted: undefined,
  buttons: [
    {id: 'keep', label: 'Keep running', key: 'n'},
    {id: 'stop', label: 'Stop the run', key: 'y'},
  ],
}

/** What a step worked on, before what it is called. */
const thing = ({step}: StepView): string =>
  `${step.targets.join(', ') || 'this run'} (step ${step.index + 1}: ${step.title})`

/** Whether the run is really to be stopped, with what that undoes and what stays. */
export const stopping = defineQuestion<Stopping, string>({
  id: 'stopping',
  open: (_state, run) => ({run, form: openForm(SHAPE)}),
  shape: () => SHAPE,
  decide: (state, data, decision) => {
    if (decision.kind === 'not the text') return unchanged(telling(state, 'Type keep running, or stop the run.'))
    if (decision.kind !== 'button' || decision.id !== 'stop') return unchanged(closed(state))
    return withEffects(telling(closed(state), 'Stopping the run…'), {
      type: 'abort',
      run: data.run,
      reason: data.form.reason.text.trim(),
    })
  },
  content: (state, {form}) => {
    const run = state.world.run?.state
    const done = run?.steps.filter(view => view.state === 'done' && !view.step.readOnly) ?? []
    // The step in flight is undone as well: it may have happened in part.
    const begun = run?.steps.filter(view => view.step.id === run.current || done.includes(view)) ?? []
    const undo = run?.plan?.onFailure === 'undo' ? begun.filter(view => view.step.undo) : []
    const stays = done.filter(view => !undo.includes(view))
    const current = run?.steps.find(view => view.step.id === run.current)
    return {
      ...questionLook(state),
      title: `Stop ${run?.plan?.runbook ?? 'this run'}?`,
      width: DIALOG_WIDTH,
      body: [
        blank,
        ...words(state, paramText(run?.plan?.params ?? {}), 'bold', 3),
        ...words(
          state,
          current
            ? `Step ${current.step.index + 1}, “${current.step.title}”, is asked to stop, and killed if it does not.`
            : 'No further step is started.',
        ),
        ...(current?.step.stopCost ? words(state, current.step.stopCost, 'warn', 3) : []),
        ...listed(state, undo.toReversed().map(thing), {heading: 'Then it undoes, in this order', mark: '↩'}),
        ...listed(state, stays.map(thing), {heading: 'This stays as it is', mark: '·', tone: 'warn'}),
      ],
      ...formParts(state, {shape: SHAPE, form}),
    }
  },
  follow: state =>
    state.world.run?.state?.outcome === undefined ? state : telling(closed(state), 'The run has ended.'),
})
