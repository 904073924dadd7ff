import {isNoDataId} from '../../alerts/alertmanagers/rows.ts'
import {withSymptoms} from '../../alerts/incident.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import type {AlertPaneRow} from '../panes/undelivered.ts'
import {chosenRows} from './lists.ts'
import type {UiState} from './ui.ts'

/** The marked alerts, or the selected one, with what is put down to them. That an Alertmanager does not answer is no
 * alert that is kept anywhere. */
export const chosenAlerts = (state: UiState): readonly AlertRow[] =>
  withSymptoms(chosenRows(state, 'alerts') as readonly AlertRow[], state.world.snapshot.alerts).filter(
    ({id}) => !isNoDataId(id),
  )

/** Why none of what is chosen is an alert, where that is so. */
export function noAlertChosen(state: UiState): string | undefined {
  const [row, ...more] = chosenRows(state, 'alerts') as readonly AlertPaneRow[]
  if (row === undefined || chosenAlerts(state).length > 0) return undefined
  if (more.length > 0) return 'none of what is marked is an alert'
  return row.letter
    ? 'it is a notification that nobody took, not an alert'
    : 'it is no alert: its Alertmanager does not answer'
}
