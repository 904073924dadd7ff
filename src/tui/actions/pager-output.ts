import {openPager} from '../state/pager.ts'
import {currentScreen, unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const output = defineAction({
  id: 'output',
  keys: ['o'],
  label: 'output',
  description: 'Look around in the output: search, wrap, jump between steps, one line whole',
  where: ['run'],
  footer: 3,
  act: state => {
    const screen = currentScreen(state)
    return screen.kind === 'run' ? openPager(state, screen.id) : unchanged(state)
  },
})
