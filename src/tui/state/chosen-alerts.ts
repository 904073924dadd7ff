import {isNoDataId} from '../../alerts/alertmanagers/rows.ts'
import {withSymptoms} from '../../alerts/incident.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import {chosenRows} from './lists.ts'
import type {UiState} from './ui.ts'

/** The marked alerts, or the selected one, with what is put down to them. That an Alertmanager does not answer is no
 * alert that is kept anywhere. */
export const chosenAlerts = (state: UiState): readonly AlertRow[] =>
  withSymptoms(chosenRows(state, 'alerts') as readonly AlertRow[], state.world.snapshot.alerts).filter(
    ({id}) => !isNoDataId(id),
  )
