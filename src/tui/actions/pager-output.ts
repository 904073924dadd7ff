import {openPlan} from '../state/pager-texts.ts'
import {openPager} from '../state/pager.ts'
import {currentScreen, unchanged, withEffects} from '../state/ui.ts'
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
    return screen.kind === 'run' ? openPager(state, {kind: 'output', run: screen.id}) : unchanged(state)
  },
})

export const wholePlan = defineAction({
  id: 'whole plan',
  keys: ['o'],
  label: 'whole plan',
  description: 'Read the whole plan as one text: search, wrap, jump between steps, copy',
  where: ['plan'],
  footer: 8,
  act: state => {
    const screen = currentScreen(state)
    return screen.kind === 'plan' ? openPlan(state, screen.plan) : unchanged(state)
  },
})

export const report = defineAction({
  id: 'report',
  keys: ['O'],
  label: 'report',
  description: 'Read the report that is left after the run',
  where: ['run'],
  footer: 5,
  visible: state => state.world.run?.state?.outcome !== undefined,
  act: state => {
    const screen = currentScreen(state)
    return screen.kind === 'run' ? withEffects(state, {type: 'report', run: screen.id}) : unchanged(state)
  },
})
