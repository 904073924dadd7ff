import {ALL_PANES, paneKeys} from '../panes/registry.ts'
import {openNoun} from '../state/navigate.ts'
import type {Action} from './action.ts'
import {BROWSING, defineAction} from './action.ts'

/** One action a pane: its number, `g` and its letter, and its names after `:`. */
export const openPane: readonly Action[] = ALL_PANES.map(({noun, title, many, aliases = []}) =>
  defineAction({
    id: noun,
    keys: paneKeys(noun),
    label: noun,
    description: `Open ${title.toLowerCase()}`,
    where: BROWSING,
    act: state => openNoun(state, noun),
    command: {name: noun, aliases, description: `all ${many ?? noun}`},
  }),
)
