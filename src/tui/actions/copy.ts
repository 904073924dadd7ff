import {PANES} from '../panes/registry.ts'
import {chosenRows, listNoun} from '../state/lists.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const copy = defineAction({
  id: 'copy',
  keys: ['y'],
  label: 'copy',
  description: 'Copy the marked rows, or the selected one, to the clipboard of your terminal',
  where: ['overview', 'list', 'details'],
  footer: 11,
  act: state => {
    const noun = listNoun(state)
    const rows = noun === undefined ? [] : chosenRows(state, noun)
    if (noun === undefined || rows.length === 0) return unchanged(telling(state, 'There is nothing to copy here.'))
    const what = rows.length === 1 ? `the ${PANES[noun].one}` : `${rows.length} rows`
    return withEffects(state, {type: 'copy', text: rows.map(PANES[noun].copy).join('\n'), what})
  },
})
