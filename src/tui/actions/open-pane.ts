import {ALL_PANES, paneKeys} from '../panes/registry.ts'
import {openNoun} from '../state/navigate.ts'
import type {Action} from './action.ts'
import {BROWSING, defineAction} from './action.ts'

/** One action a pane: its number, its key, and its name after `:`. */
export const openPane: readonly Action[] = ALL_PANES.map(({noun, title, many}) =>
  defineAction({
    id: noun,
    keys: paneKeys(noun),
    label: noun,
    description: `Open ${title.toLowerCase()}`,
    where: BROWSING,
    act: state => openNoun(state, noun),
    command: {name: noun, description: `all ${many ?? noun}`},
  }),
)
