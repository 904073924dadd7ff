import {SPOKEN} from '../layout/line.ts'
import {currentScreen, unchanged, withScreen} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const otherHalf = defineAction({
  id: 'other half',
  keys: ['tab', 'left', 'right'],
  label: 'steps/output',
  description:
    'Show the steps or the output, where the screen is too narrow for both; in plain mode, whether output is said',
  where: ['run'],
  footer: 5,
  visible: state => state.columns < 76 || state.columns === SPOKEN,
  act: state => {
    const screen = currentScreen(state)
    if (screen.kind !== 'run') return unchanged(state)
    return unchanged(withScreen(state, {...screen, half: screen.half === 'steps' ? 'output' : 'steps'}))
  },
})
