import {withEffects} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const quit = defineAction({
  id: 'quit',
  keys: ['q', 'ctrl-c'],
  label: 'quit',
  description: 'Leave the console; runs continue',
  where: BROWSING,
  footer: 22,
  act: state => withEffects(state, {type: 'quit'}),
  command: {name: 'quit', aliases: ['q', 'q!', 'quit!'], description: 'leave the console; runs continue'},
})
