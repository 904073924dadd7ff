import {isNoDataId} from '../../alerts/alertmanagers/rows.ts'
import {withSymptoms} from '../../alerts/incident.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import {acknowledgement} from '../overlays/acknowledgement.ts'
import {chosenRows, listNoun} from '../state/lists.ts'
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
  disabled: nothingToAcknowledge,
  act: (state, at) => {
    const open = chosenAlerts(state).filter(row => !row.acknowledged && row.state !== 'resolved')
    return unchanged(
      acknowledgement.open(
        state,
        open.map(row => row.id),
        at,
      ),
    )
  },
})

/** That an Alertmanager does not answer is no alert that is kept anywhere. */
const chosenAlerts = (state: UiState): readonly AlertRow[] =>
  withSymptoms(chosenRows(state, 'alerts') as readonly AlertRow[], state.world.snapshot.alerts).filter(
    ({id}) => !isNoDataId(id),
  )

function nothingToAcknowledge(state: UiState): string | undefined {
  const rows = chosenAlerts(state)
  if (rows.length === 0) return 'nothing is selected that can be acknowledged'
  if (rows.every(row => row.state === 'resolved')) return 'the alert is already resolved'
  if (rows.every(row => row.acknowledged !== undefined)) return 'it is already acknowledged'
  return undefined
}
