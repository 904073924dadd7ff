import {leaveRun} from '../state/navigate.ts'
import {defineAction} from './action.ts'

export const detach = defineAction({
  id: 'detach',
  keys: ['d'],
  label: 'detach',
  description: 'Leave the screen of the run; the run continues',
  where: ['run'],
  footer: 6,
  act: leaveRun,
})
