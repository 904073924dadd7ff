import type {AlertRow} from '../../alerts/rows.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import {chooseSuggested} from '../state/form.ts'
import {listNoun, noRow, selectedRow} from '../state/lists.ts'
import {openDetails, openNoun, openRun} from '../state/navigate.ts'
import type {Change, UiState} from '../state/ui.ts'
import {currentScreen, unchanged} from '../state/ui.ts'
import {defineAction, LISTS} from './action.ts'

export const open = defineAction({
  id: 'open',
  keys: ['enter'],
  label: 'open',
  description: 'Open the selected row: its details, the run, or the plan of the runbook that an alert suggests',
  where: LISTS,
  footer: 1,
  disabled: noRow,
  act: openRow,
})

function openRow(state: UiState, at: number): Change {
  const noun = listNoun(state)
  if (noun === undefined) return unchanged(state)
  const row = selectedRow(state, noun)
  if (noun === 'runs') return openRun(state, (row as RunRow).id, {started: false})
  if (currentScreen(state).kind === 'overview') return openNoun(state, noun)
  if (noun === 'alerts') {
    const suggested = (row as AlertRow).runbook
    const runbook = suggested && state.world.runbooks.find(each => each.name === suggested.name)
    if (suggested && runbook) return chooseSuggested(state, runbook, suggested.params, at)
  }
  return openDetails(state)
}
