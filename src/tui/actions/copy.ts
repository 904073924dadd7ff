import {PANES} from '../panes/registry.ts'
import {chosenRows, listNoun} from '../state/lists.ts'
import type {Change, UiState} from '../state/ui.ts'
import {currentScreen, telling, unchanged, withEffects} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const copy = defineAction({
  id: 'copy',
  keys: ['y'],
  label: 'copy',
  description: 'Copy the marked rows, the plan or the run id to the clipboard of your terminal',
  where: ['overview', 'list', 'details', 'plan', 'run'],
  footer: 11,
  act: copyWhatIsShown,
})

function copyWhatIsShown(state: UiState): Change {
  const screen = currentScreen(state)
  if (screen.kind === 'run') return withEffects(state, {type: 'copy', text: screen.id, what: 'the run id'})
  if (screen.kind === 'plan') {
    const steps = screen.plan.steps.map(
      (step, index) => `${index + 1}. ${step.title} (${step.skipped ?? step.forecast})`,
    )
    const text = [`${screen.plan.runbook} in ${screen.plan.environment}`, ...steps].join('\n')
    return withEffects(state, {type: 'copy', text, what: 'the plan'})
  }
  const noun = listNoun(state)
  const rows = noun === undefined ? [] : chosenRows(state, noun)
  if (noun === undefined || rows.length === 0) return unchanged(telling(state, 'There is nothing to copy here.'))
  const what = rows.length === 1 ? `the ${PANES[noun].one}` : `${rows.length} rows`
  return withEffects(state, {type: 'copy', text: rows.map(PANES[noun].copy).join('\n'), what})
}
