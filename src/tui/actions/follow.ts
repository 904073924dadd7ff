import {currentScreen, unchanged, withEffects, withScreen} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const follow = defineAction({
  id: 'follow',
  keys: ['f'],
  label: 'follow',
  description: 'Follow the output again',
  where: ['run', 'pager'],
  footer: 4,
  act: state => {
    const screen = currentScreen(state)
    if (screen.kind === 'run') return unchanged(withScreen(state, {...screen, back: 0}))
    return screen.kind === 'pager'
      ? withEffects(withScreen(state, {...screen, follow: true}), {type: 'read'})
      : unchanged(state)
  },
})
