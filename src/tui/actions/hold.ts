import {deciding, offered} from '../overlays/deciding.ts'
import {unchanged, type UiState} from '../state/ui.ts'
import {defineAction} from './action.ts'

/** The other way when it is held already. */
const wanted = (state: UiState) => {
  const run = state.world.run?.state
  const held = run?.current !== undefined && run.decided?.[run.current] === 'hold'
  return offered(state, held ? 'go-on' : 'hold')
}

export const hold = defineAction({
  id: 'hold',
  keys: ['h'],
  label: 'hold',
  description:
    'Hold the step that runs where it is, such as the share of a canary, or let it go on again, after a confirmation',
  where: ['run'],
  footer: 4,
  changes: true,
  visible: state => wanted(state) !== undefined,
  act: (state, at) => {
    const decision = wanted(state)
    return unchanged(decision === undefined ? state : deciding.open(state, decision, at))
  },
})
