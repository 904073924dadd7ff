import {PANES} from '../panes/registry.ts'
import {listNoun, move, noRow, selectedRow, withPlace} from '../state/lists.ts'
import {placeOf, unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const mark = defineAction({
  id: 'mark',
  keys: ['space'],
  label: 'mark',
  description: 'Mark the row; acknowledge and copy then apply to all marked rows',
  where: ['list'],
  footer: 10,
  disabled: noRow,
  act: state => {
    const noun = listNoun(state)
    const row = noun === undefined ? undefined : selectedRow(state, noun)
    if (noun === undefined || row === undefined) return unchanged(state)
    const id = PANES[noun].id(row)
    const {marks} = placeOf(state, noun)
    const next = marks.includes(id) ? marks.filter(each => each !== id) : [...marks, id]
    return unchanged(move(withPlace(state, noun, {marks: next}), noun, 1))
  },
})
