import {currentScreen, unchanged, withEffects} from '../state/ui.ts'
import {defineAction} from './action.ts'

/** Not `y`: a question may appear here at any moment, and there `y` means yes. */
export const copyPlanOrRun = defineAction({
  id: 'copy plan or run',
  keys: ['ctrl-y'],
  label: 'copy',
  description: 'Copy the plan or the run id to the clipboard of your terminal',
  where: ['plan', 'run'],
  footer: 11,
  act: state => {
    const screen = currentScreen(state)
    if (screen.kind === 'run') return withEffects(state, {type: 'copy', text: screen.id, what: 'the run id'})
    if (screen.kind !== 'plan') return unchanged(state)
    const {plan} = screen
    const steps = plan.steps.map((step, index) => `${index + 1}. ${step.title} (${step.skipped ?? step.forecast})`)
    const text = [`${plan.runbook} in ${plan.environment}`, ...steps].join('\n')
    return withEffects(state, {type: 'copy', text, what: 'the plan'})
  },
})
