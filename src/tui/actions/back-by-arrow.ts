import {defineAction} from './action.ts'
import {clearOrBack} from './back.ts'

export const backByArrow = defineAction({
  id: 'back by arrow',
  keys: ['left'],
  label: 'back',
  description: 'One screen back',
  where: ['list', 'details', 'plan'],
  act: clearOrBack,
})
