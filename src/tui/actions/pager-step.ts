import {lineAt, pagerOf} from '../state/pager.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const nextStep = defineAction({
  id: 'next step',
  keys: [']'],
  label: 'next step',
  description: 'To the output of the next step',
  where: ['pager'],
  footer: 5,
  act: state => jump(state, false),
})

export const previousStep = defineAction({
  id: 'previous step',
  keys: ['['],
  label: 'step before',
  description: 'To where the output of this step begins, or of the step before it',
  where: ['pager'],
  footer: 6,
  act: state => jump(state, true),
})

function jump(state: UiState, back: boolean): Change {
  const [screen, from] = [pagerOf(state), lineAt(state)]
  if (!screen || !from) return unchanged(telling(state, 'There is no output yet.'))
  return withEffects(state, {type: 'find', run: screen.run, what: {from, back, step: true}})
}
