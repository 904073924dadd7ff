import {push} from '../state/navigate.ts'
import {nothingTyped} from '../state/typing.ts'
import {defineAction} from './action.ts'

export const runbooks = defineAction({
  id: 'runbooks',
  keys: ['r'],
  label: 'runbooks',
  description: 'Choose a runbook and see its plan',
  where: ['overview', 'list', 'details', 'run'],
  footer: 4,
  act: state => push(state, {kind: 'runbooks', query: nothingTyped, index: 0}),
  command: {name: 'runbooks', description: 'choose a runbook'},
})
