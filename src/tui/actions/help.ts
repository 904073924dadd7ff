import {push} from '../state/navigate.ts'
import {currentScreen, unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const help = defineAction({
  id: 'help',
  keys: ['?'],
  label: 'help',
  description: 'Keys of this screen',
  where: BROWSING,
  footer: 20,
  act: state => (currentScreen(state).kind === 'help' ? unchanged(state) : push(state, {kind: 'help', scroll: 0})),
  command: {name: 'help', description: 'keys of this screen'},
})
