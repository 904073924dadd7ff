import {movePane} from '../state/arrangement.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const nextPane = defineAction({
  id: 'next pane',
  keys: ['tab', 'right'],
  label: 'next pane',
  description: 'Next pane',
  where: ['overview'],
  footer: 9,
  act: state => unchanged(movePane(state, 1)),
})
