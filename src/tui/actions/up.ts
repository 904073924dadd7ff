import {scroll} from '../state/scroll.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const up = defineAction({
  id: 'up',
  keys: ['up', 'k'],
  label: 'up',
  description: 'One row up',
  where: BROWSING,
  act: state => unchanged(scroll(state, -1)),
})
