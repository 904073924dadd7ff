import {startPlan, startPending} from '../overlays/start.ts'
import {defineAction} from './action.ts'

export const dryRun = defineAction({
  id: 'dry run',
  keys: ['D'],
  label: 'dry run',
  description: 'Walk through the plan without touching anything',
  where: ['plan'],
  footer: 2,
  changes: true,
  disabled: startPending,
  act: (state, at) => startPlan(state, {dryRun: true, at}),
})
