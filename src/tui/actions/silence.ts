import {silencing} from '../overlays/silencing.ts'
import {chosenAlerts, noAlertChosen} from '../state/chosen-alerts.ts'
import {listNoun, pinned} from '../state/lists.ts'
import type {UiState} from '../state/ui.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const silence = defineAction({
  id: 'silence',
  keys: ['s'],
  label: 'silence',
  description:
    'Silence the marked alerts, or the selected one, with what is put down to it: 15m, 1h or until resolved, with a reason',
  where: ['overview', 'list', 'details'],
  footer: 3,
  changes: true,
  visible: state => listNoun(state) === 'alerts',
  offered: state => noAlertChosen(state) === undefined,
  disabled: nothingToSilence,
  act: (state, at) => {
    const open = chosenAlerts(state).filter(row => row.state !== 'resolved')
    return unchanged(
      silencing.open(
        pinned(state),
        open.map(row => row.id),
        at,
      ),
    )
  },
})

function nothingToSilence(state: UiState): string | undefined {
  const rows = chosenAlerts(state)
  if (rows.length === 0) return noAlertChosen(state) ?? 'nothing is selected that can be silenced'
  return rows.every(row => row.state === 'resolved') ? 'the alert is already resolved' : undefined
}
