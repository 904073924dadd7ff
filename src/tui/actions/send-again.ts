import {sendingAgain} from '../overlays/sending-again.ts'
import {chosenLetters} from '../state/chosen-letters.ts'
import {pinned} from '../state/lists.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const sendAgain = defineAction({
  id: 'send again',
  keys: ['t'],
  label: 'send again',
  description:
    'Send again what no channel took, of the marked alerts and runs, or of the selected one, after a confirmation',
  where: ['overview', 'list', 'details'],
  footer: 2,
  changes: true,
  visible: state => chosenLetters(state).length > 0,
  act: (state, at) => unchanged(sendingAgain.open(pinned(state), chosenLetters(state), at)),
})
