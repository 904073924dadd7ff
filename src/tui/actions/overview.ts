import {openOverview} from '../state/navigate.ts'
import {BROWSING, defineAction} from './action.ts'

export const overview = defineAction({
  id: 'overview',
  keys: ['0'],
  label: 'overview',
  description: 'Back to the overview',
  where: BROWSING,
  act: openOverview,
  command: {name: 'overview', description: 'everything at a glance'},
})
