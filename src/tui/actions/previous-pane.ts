import {movePane} from '../state/arrangement.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const previousPane = defineAction({
  id: 'previous pane',
  keys: ['shift-tab', 'left'],
  label: 'previous pane',
  description: 'Previous pane',
  where: ['overview'],
  act: state => unchanged(movePane(state, -1)),
})
