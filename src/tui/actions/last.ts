import {scroll} from '../state/scroll.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const last = defineAction({
  id: 'last',
  keys: ['G', 'end'],
  label: 'last',
  description: 'To the last row; in a run: follow the output',
  where: BROWSING,
  act: state => unchanged(scroll(state, 'last')),
})
