import {startPlan, startPending} from '../overlays/start.ts'
import {defineAction} from './action.ts'

export const start = defineAction({
  id: 'start',
  keys: ['enter', 's'],
  label: 'start',
  description: 'Start this plan; anything disruptive or destructive asks first',
  where: ['plan'],
  footer: 1,
  changes: true,
  disabled: startPending,
  act: (state, at) => startPlan(state, {dryRun: false, at}),
})
