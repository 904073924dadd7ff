import {noRow} from '../state/lists.ts'
import {openDetails} from '../state/navigate.ts'
import {defineAction} from './action.ts'

export const details = defineAction({
  id: 'details',
  keys: ['right', 'i'],
  label: 'details',
  description: 'Show everything known about the selected row',
  where: ['list'],
  footer: 9,
  disabled: noRow,
  act: openDetails,
})
