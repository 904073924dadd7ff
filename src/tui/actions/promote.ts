import {deciding, offered} from '../overlays/deciding.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const promote = defineAction({
  id: 'promote',
  keys: ['p'],
  label: 'promote',
  description: 'Give a canary its next share at once, after a confirmation that says what that means',
  where: ['run'],
  footer: 5,
  changes: true,
  visible: state => offered(state, 'promote') !== undefined,
  act: (state, at) => {
    const decision = offered(state, 'promote')
    return unchanged(decision === undefined ? state : deciding.open(state, decision, at))
  },
})
