import type {Plan} from '../../runbooks/plan.ts'
import {paramText} from '../components/param-text.ts'
import {blank} from '../layout/line.ts'
import type {Change, UiState} from '../state/ui.ts'
import {beginStart, currentScreen, telling, unchanged, withEffects} from '../state/ui.ts'
import type {AnswerForm, FormShape} from './answer-form.ts'
import {openForm} from './answer-form.ts'
import {DIALOG_WIDTH, formParts, listed, questionLook, words} from './dialog-parts.ts'
import {closed} from './overlay.ts'
import {defineQuestion} from './question-form.ts'

export interface Start {
  readonly plan: Plan
  readonly dryRun: boolean
  readonly form: AnswerForm
}

const shapeOf = (plan: Plan): FormShape =>
  plan.start.kind === 'type'
    ? {wanted: plan.start.text, buttons: [{id: 'cancel', label: 'Cancel'}]}
    : {
        wanted: undefined,
        buttons: [
          {id: 'cancel', label: 'Cancel', key: 'n'},
          {id: 'start', label: 'Start', key: 'y'},
        ],
      }

/** Whether a plan is really to be started. */
export const start = defineQuestion<Start, Omit<Start, 'form'>>({
  id: 'start',
  open: (_state, {plan, dryRun}) => ({plan, dryRun, form: openForm(shapeOf(plan))}),
  shape: ({plan}) => shapeOf(plan),
  decide: (state, data, decision) => {
    switch (decision.kind) {
      case 'confirmed':
        return go(state, data)
      case 'button':
        return decision.id === 'start' ? go(state, data) : unchanged(closed(state))
      case 'left':
        return unchanged(closed(state))
      default: {
        const {wanted} = shapeOf(data.plan)
        const exactly = wanted === undefined ? 'cancel or start' : `exactly ${JSON.stringify(wanted)} to start`
        return unchanged(telling(state, `Type ${exactly}, or press Esc to cancel.`))
      }
    }
  },
  content: (state, {plan, dryRun, form}) => ({
    ...questionLook(state),
    title: dryRun ? `Dry run ${plan.runbook}?` : `Start ${plan.runbook}?`,
    width: DIALOG_WIDTH,
    body: [
      blank,
      // The plan below says it too: where there is little room, what is touched comes first.
      ...(state.rows < 30 ? [] : words(state, `${plan.summary}.`.replace(/\.\.$/, '.'))),
      ...words(state, paramText(plan.params), 'bold', 3),
      ...words(state, `Confirmation required: ${plan.start.reason}.`, 'dim', 2),
      ...listed(state, touchedBy(plan), {heading: `This touches, ${stepCounts(plan)}`}),
    ],
    ...formParts(state, {shape: shapeOf(plan), form}),
  }),
})

function go(state: UiState, {plan, dryRun, form}: Start): Change {
  return withEffects(beginStart(closed(state), plan), {
    type: 'start',
    plan,
    reason: form.reason.text.trim(),
    typed: plan.start.kind === 'type' ? form.typed.text : undefined,
    dryRun,
  })
}

/** The things that the changing steps touch, each once; what a step will ask about says more than the bare name. */
function touchedBy(plan: Plan): readonly string[] {
  const changing = plan.steps.filter(step => !step.readOnly && step.skipped === undefined)
  const asked = changing.flatMap(step => step.confirm?.touches ?? [])
  const named = changing.flatMap(step => step.targets).filter(name => !asked.some(each => each.startsWith(`${name}:`)))
  return [...new Set([...named, ...asked])]
}

function stepCounts(plan: Plan): string {
  const changing = plan.steps.filter(step => !step.readOnly && step.skipped === undefined)
  const final = changing.filter(step => !step.undo).length
  const words = `in ${changing.length} of ${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}`
  return final === 0 ? words : `${words}, ${final} without undo`
}

/** Starts the plan on the screen, after a question for all but what only reads and dry runs, which touch nothing. */
export function startPlan(state: UiState, {dryRun, at}: {readonly dryRun: boolean; readonly at: number}): Change {
  const screen = currentScreen(state)
  if (screen.kind !== 'plan') return unchanged(state)
  const {plan} = screen
  const asks = !dryRun && (plan.start.kind !== 'none' || plan.danger !== 'safe')
  if (asks) return unchanged(start.open(state, {plan, dryRun}, at))
  return withEffects(beginStart(state, plan), {type: 'start', plan, reason: '', typed: undefined, dryRun})
}

/** The plan whose start is being asked for. */
export const askedToStart = ({overlay, starting}: UiState): Plan | 'starting' | undefined =>
  starting === undefined ? (overlay?.id === 'start' ? (overlay.data as Start).plan : undefined) : 'starting'

/** Why a plan cannot be started just now. */
export const startPending = (state: UiState): string | undefined =>
  state.starting === undefined ? undefined : 'it is already starting'
