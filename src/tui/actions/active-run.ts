import {isActive} from '../panes/runs.ts'
import {openRun} from '../state/navigate.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const activeRun = defineAction({
  id: 'active run',
  keys: ['R'],
  label: 'run',
  description: 'Go to the run in the header',
  where: ['overview', 'list', 'details', 'help', 'plan'],
  footer: 5,
  visible: state => state.world.snapshot.runs.some(isActive),
  act: state => {
    const {runs} = state.world.snapshot
    const row = runs.find(each => each.state === 'waiting') ?? runs.find(isActive)
    return row ? openRun(state, row.id, {started: false}) : unchanged(state)
  },
})
