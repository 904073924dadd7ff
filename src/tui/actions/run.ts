import {chooseRunbook} from '../state/form.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const run = defineAction({
  id: 'run',
  keys: [],
  label: 'run',
  description: 'Plan the runbook of this name',
  where: BROWSING,
  act: unchanged,
  command: {
    name: 'run',
    description: 'run NAME: plan this runbook',
    offers: state => state.world.runbooks.map(book => ({text: `run ${book.name}`, description: book.summary})),
    run: runNamed,
  },
})

function runNamed(state: UiState, name: string): Change {
  const book = state.world.runbooks.find(each => each.name === name)
  if (!book) return unchanged(telling(state, `There is no runbook named ${JSON.stringify(name)}; r lists them.`, 'bad'))
  return chooseRunbook(state, book, {}, 0)
}
