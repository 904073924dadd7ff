import {telling, withEffects} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const refresh = defineAction({
  id: 'refresh',
  keys: ['ctrl-r'],
  label: 'refresh',
  description: 'Look at everything now instead of at the next interval',
  where: BROWSING,
  act: state => withEffects(telling(state, 'Looking at everything now.'), {type: 'refresh'}),
  command: {name: 'refresh', description: 'look at everything now'},
})
