import {scroll} from '../state/scroll.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const first = defineAction({
  id: 'first',
  keys: ['g g', 'home'],
  label: 'first',
  description: 'To the first row',
  where: BROWSING,
  act: state => unchanged(scroll(state, 'first')),
})
