import {currentScreen, unchanged, withScreen} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const follow = defineAction({
  id: 'follow',
  keys: ['f'],
  label: 'follow',
  description: 'Follow the output again',
  where: ['run'],
  footer: 4,
  act: state => {
    const screen = currentScreen(state)
    return unchanged(screen.kind === 'run' ? withScreen(state, {...screen, back: 0}) : state)
  },
})
