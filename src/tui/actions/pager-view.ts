import {lineAt, pagerOf} from '../state/pager.ts'
import type {Change, PagerScreen, UiState} from '../state/ui.ts'
import {unchanged, withEffects, withScreen} from '../state/ui.ts'
import {defineAction} from './action.ts'

/** Columns of one step sideways. */
const SIDE = 16

export const wholeLine = defineAction({
  id: 'whole line',
  keys: ['enter'],
  label: 'line',
  description: 'Show the line whole, JSON by its fields; Enter or Esc goes back',
  where: ['pager'],
  footer: 4,
  act: state => change(state, ({whole}) => ({whole: !whole})),
})

export const wrapLines = defineAction({
  id: 'wrap',
  keys: ['w'],
  label: 'wrap',
  description: 'Wrap long lines, or cut them at the edge',
  where: ['pager'],
  footer: 7,
  act: state => change(state, ({wrap}) => ({wrap: !wrap, side: 0})),
})

export const toTheRight = defineAction({
  id: 'to the right',
  keys: ['right'],
  label: 'right',
  description: 'Scroll long lines to the right',
  where: ['pager'],
  act: state => change(state, ({side, wrap}) => ({side: wrap ? 0 : side + SIDE})),
})

export const toTheLeft = defineAction({
  id: 'to the left',
  keys: ['left'],
  label: 'left',
  description: 'Scroll long lines back to the left',
  where: ['pager'],
  act: state => change(state, ({side}) => ({side: Math.max(0, side - SIDE)})),
})

export const copyLine = defineAction({
  id: 'copy line',
  keys: ['y'],
  label: 'copy',
  description: 'Copy the line to the clipboard of your terminal',
  where: ['pager'],
  footer: 9,
  act: state => {
    const line = lineAt(state)
    return line ? withEffects(state, {type: 'copy', text: line.text, what: 'the line'}) : unchanged(state)
  },
})

function change(state: UiState, by: (screen: PagerScreen) => Partial<PagerScreen>): Change {
  const screen = pagerOf(state)
  return unchanged(screen ? withScreen(state, {...screen, ...by(screen)}) : state)
}
