import {acknowledgement} from '../overlays/acknowledgement.ts'
import {chosenAlerts, noAlertChosen} from '../state/chosen-alerts.ts'
import {listNoun, pinned} from '../state/lists.ts'
import type {UiState} from '../state/ui.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const acknowledge = defineAction({
  id: 'acknowledge',
  keys: ['a'],
  label: 'acknowledge',
  description: 'Acknowledge the marked alerts, or the selected one, with what is put down to it',
  where: ['overview', 'list', 'details'],
  footer: 2,
  changes: true,
  visible: state => listNoun(state) === 'alerts',
  offered: state => noAlertChosen(state) === undefined,
  disabled: nothingToAcknowledge,
  act: (state, at) => {
    const open = chosenAlerts(state).filter(row => !row.acknowledged && row.state !== 'resolved')
    return unchanged(
      acknowledgement.open(
        pinned(state),
        open.map(row => row.id),
        at,
      ),
    )
  },
})

function nothingToAcknowledge(state: UiState): string | undefined {
  const rows = chosenAlerts(state)
  if (rows.length === 0) return noAlertChosen(state) ?? 'nothing is selected that can be acknowledged'
  if (rows.every(row => row.state === 'resolved')) return 'the alert is already resolved'
  if (rows.every(row => row.acknowledged !== undefined)) return 'it is already acknowledged'
  return undefined
}
