import type {WatchedRow} from '../../monitors/rows.ts'
import {chartedOfAlert} from './charted-of-alert.ts'
import {listNoun, selectedRow} from './lists.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import {PANES} from '../panes/registry.ts'
import type {UiState} from './ui.ts'
import {currentScreen} from './ui.ts'
import type {ChartedNoun} from './world.ts'

/** The one whose latencies are drawn: what is selected in a list, or whose details are open. */
export function charted(state: UiState): {readonly noun: ChartedNoun; readonly name: string} | undefined {
  const screen = currentScreen(state)
  if (screen.kind !== 'list' && screen.kind !== 'details') return undefined
  const noun = listNoun(state)
  if (noun === 'alerts') return chartedOfAlert(selectedAlert(state))
  if (noun !== 'services' && noun !== 'databases') return undefined
  if (screen.kind === 'details') return {noun, name: screen.id}
  const row = selectedRow(state, noun) as WatchedRow | undefined
  return row && {noun, name: PANES[noun].id(row)}
}

function selectedAlert(state: UiState): AlertRow | undefined {
  const screen = currentScreen(state)
  return screen.kind === 'details'
    ? state.world.snapshot.alerts.find(({id}) => id === screen.id)
    : (selectedRow(state, 'alerts') as AlertRow | undefined)
}
