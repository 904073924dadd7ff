import {scroll} from '../state/scroll.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const pageDown = defineAction({
  id: 'page down',
  keys: ['pgdn', 'ctrl-f'],
  label: 'page down',
  description: 'One screenful down',
  where: BROWSING,
  act: state => unchanged(scroll(state, 'page down')),
})
