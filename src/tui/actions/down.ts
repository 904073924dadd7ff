import {scroll} from '../state/scroll.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const down = defineAction({
  id: 'down',
  keys: ['down', 'j'],
  label: 'down',
  description: 'One row down',
  where: BROWSING,
  act: state => unchanged(scroll(state, 1)),
})
