import {scroll} from '../state/scroll.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const pageUp = defineAction({
  id: 'page up',
  keys: ['pgup', 'ctrl-b'],
  label: 'page up',
  description: 'One screenful up',
  where: BROWSING,
  act: state => unchanged(scroll(state, 'page up')),
})
