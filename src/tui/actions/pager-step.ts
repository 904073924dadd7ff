import {otherInstance} from '../state/pager-logs.ts'
import {lineAt, pagerOf} from '../state/pager.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const nextStep = defineAction({
  id: 'next step',
  keys: [']'],
  label: 'next step',
  description: 'To the next step; in a report to its next part, in logs to the next instance',
  where: ['pager'],
  footer: 5,
  act: state => jump(state, false),
})

export const previousStep = defineAction({
  id: 'previous step',
  keys: ['['],
  label: 'step before',
  description: 'To where this step begins, or the step before it; in a report its part, in logs the instance before',
  where: ['pager'],
  footer: 6,
  act: state => jump(state, true),
})

function jump(state: UiState, back: boolean): Change {
  const [screen, from] = [pagerOf(state), lineAt(state)]
  if (screen?.source.kind === 'logs') return otherInstance(state, back)
  if (!screen || !from) return unchanged(telling(state, 'There is no line yet.'))
  return withEffects(state, {type: 'find', source: screen.source, what: {from, back, step: true}})
}
