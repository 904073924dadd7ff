import {RANGES} from '../../monitors/series.ts'
import {charted} from '../state/charted.ts'
import type {Change, UiState} from '../state/ui.ts'
import {withEffects} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const longerRange = defineAction({
  id: 'longer range',
  keys: [']'],
  label: 'longer',
  description: 'Charts show a longer time: 5m, 1h, 24h, 7d',
  where: ['list', 'details'],
  footer: 8,
  visible: state => charted(state) !== undefined,
  act: state => ranged(state, 1),
})

export const shorterRange = defineAction({
  id: 'shorter range',
  keys: ['['],
  label: 'shorter',
  description: 'Charts show a shorter time',
  where: ['list', 'details'],
  footer: 9,
  visible: state => charted(state) !== undefined,
  act: state => ranged(state, -1),
})

function ranged(state: UiState, by: number): Change {
  const at = Math.max(0, Math.min(RANGES.length - 1, RANGES.indexOf(state.range) + by))
  return withEffects({...state, range: RANGES[at] ?? state.range}, {type: 'read'})
}
