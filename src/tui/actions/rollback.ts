import type {ReleaseRow} from '../../releases/rows.ts'
import type {RunbookRow} from '../../runbooks/rows.ts'
import {chooseRunbook} from '../state/form.ts'
import {listNoun, selectedRow} from '../state/lists.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged} from '../state/ui.ts'
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
    if (!areRead(state)) return undefined
    const runbook = rollbackRunbook(state)
    return runbook ? runbook.problem : 'there is no runbook named rollback'
  },
  act: state => (areRead(state) ? planRollback(state) : waitForRunbooks(state)),
})

const rollbackRunbook = (state: UiState): RunbookRow | undefined =>
  state.world.runbooks.find(row => row.name === 'rollback')

/** The list is empty only before it was read: what cannot be read is a row that says so. */
const areRead = ({world}: UiState): boolean => world.runbooks.length > 0

const waitForRunbooks = (state: UiState): Change =>
  unchanged({
    ...telling(
      state,
      'The runbooks are being read; the plan of the rollback opens as soon as they are. Any other key cancels.',
    ),
    rollbackWanted: true,
  })

/** `!` was pressed before the runbooks were there, and nothing else since: now they are. */
export function rollbackAsWanted(state: UiState): Change {
  if (!state.rollbackWanted || !areRead(state)) return unchanged(state)
  const there = {...state, rollbackWanted: false, toast: undefined}
  const problem = rollback.disabled(there)
  return problem === undefined ? planRollback(there) : unchanged(telling(there, `Cannot roll back: ${problem}.`, 'bad'))
}

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
