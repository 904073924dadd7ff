import {inside, pane} from '../components/pane.ts'
import {scrolledPane} from '../components/scrolled-pane.ts'
import {bodyOf} from '../layout/body.ts'
import {type Block, blank, line} from '../layout/line.ts'
import {detailsView} from '../panes/details-view.ts'
import {PANES} from '../panes/registry.ts'
import type {UiState} from '../state/ui.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

/** All that is known of one row, on the whole screen, scrolled by lines. */
export const detailsScreen = defineScreen<'details'>({view})

function view(state: UiState, screen: ScreenOf<'details'>): Block {
  const {width, height} = bodyOf(state)
  const definition = PANES[screen.noun]
  const row = definition.rows(state.world).find(each => definition.id(each) === screen.id)
  if (row === undefined) {
    const title = `${definition.one} ${screen.id}`
    return pane([blank, line('No longer there.', 'warn')], {title, width, height, focused: true})
  }
  const lines = definition.details(row, detailsView(state, screen.noun, screen.id, inside({width, height})))
  const title = definition.name?.(row) ?? `${definition.one} ${screen.id}`
  return scrolledPane(lines, {title, width, height, scroll: screen.scroll})
}
