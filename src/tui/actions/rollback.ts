import type {ReleaseRow} from '../../releases/rows.ts'
import type {RunbookRow} from '../../runbooks/rows.ts'
import {chooseRunbook} from '../state/form.ts'
import {listNoun, selectedRow} from '../state/lists.ts'
import type {Change, UiState} from '../state/ui.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const rollback = defineAction({
  id: 'rollback',
  keys: ['!'],
  label: 'rollback',
  description: 'Emergency: show the plan of the rollback at once',
  where: ['overview', 'list', 'details', 'run'],
  footer: 6,
  changes: true,
  disabled: state => {
    const runbook = rollbackRunbook(state)
    return runbook ? runbook.problem : 'there is no runbook named rollback'
  },
  act: planRollback,
})

const rollbackRunbook = (state: UiState): RunbookRow | undefined =>
  state.world.runbooks.find(row => row.name === 'rollback')

/** The rollback of the selected release, or of the only one; else its form. Only its plan: starting asks. */
function planRollback(state: UiState): Change {
  const runbook = rollbackRunbook(state)
  if (!runbook) return unchanged(state)
  const releases = state.world.snapshot.releases
  const selected =
    listNoun(state) === 'releases' ? (selectedRow(state, 'releases') as ReleaseRow | undefined) : undefined
  const release = selected ?? (releases.length === 1 ? releases[0] : undefined)
  const param = runbook.params.find(each => each.name === 'release' || each.name === 'service')
  return chooseRunbook(state, runbook, release && param ? {[param.name]: release.name} : {}, 0)
}
