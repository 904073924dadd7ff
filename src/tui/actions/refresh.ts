import {telling, withEffects} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const refresh = defineAction({
  id: 'refresh',
  keys: ['ctrl-r'],
  label: 'refresh',
  description: 'Probe everything now instead of at the next interval',
  where: BROWSING,
  act: state => withEffects(telling(state, 'Probing everything now.'), {type: 'refresh'}),
  command: {name: 'refresh', description: 'probe everything now'},
})
