import {last} from '../state/navigate.ts'
import {BROWSING, defineAction} from './action.ts'

export const lastScreen = defineAction({
  id: 'last screen',
  keys: ['-'],
  label: 'last screen',
  description: 'The previous screen',
  where: BROWSING,
  act: last,
})
