import {question} from '../overlays/question.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const answer = defineAction({
  id: 'answer',
  keys: ['enter'],
  label: 'answer',
  description: 'Open the question the run is waiting for',
  where: ['run'],
  footer: 1,
  changes: true,
  visible: state => state.world.run?.state?.prompt !== undefined,
  act: (state, at) => {
    const prompt = state.world.run?.state?.prompt
    return unchanged(prompt ? question.open(state, prompt, at) : state)
  },
})
