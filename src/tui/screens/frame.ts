import type {Block} from '../layout/line.ts'
import {fitBlock} from '../layout/line.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen} from '../state/ui.ts'
import {ACTIONS} from '../actions/registry.ts'
import {openOverlay} from '../overlays/registry.ts'
import {footer} from './footer.ts'
import {header} from './header.ts'
import {helpScreen} from './help.ts'
import {bodyOf} from '../layout/body.ts'
import {detailsScreen, listScreen} from './list.ts'
import {overview} from './overview.ts'
import {pagerScreen} from './pager.ts'
import {planningScreen, planScreen} from './plan.ts'
import {runScreenBlock} from './run.ts'
import {paramsScreen, runbooksScreen} from './runbooks.ts'

/** The whole screen: exactly as many lines as the terminal has rows, each exactly as wide as its columns. */
export function frame(state: UiState): Block {
  const {width, height} = bodyOf(state)
  const body = fitBlock(withOverlay(state, fitBlock(screenBlock(state), width, height)), width, height)
  return fitBlock([...header(state), ...body, ...footer(state)], state.columns, state.rows)
}

/** The overlay of the state over its screen. */
function withOverlay(state: UiState, screen: Block): Block {
  const open = openOverlay(state)
  return open?.overlay.view?.(state, open.data, screen, ACTIONS) ?? screen
}

function screenBlock(state: UiState): Block {
  const screen = currentScreen(state)
  switch (screen.kind) {
    case 'overview':
      return overview(state)
    case 'list':
      return listScreen(state, screen.noun)
    case 'details':
      return detailsScreen(state, screen)
    case 'runbooks':
      return runbooksScreen(state, screen)
    case 'params':
      return paramsScreen(state, screen)
    case 'planning':
      return planningScreen(state, screen)
    case 'plan':
      return planScreen(state, screen)
    case 'pager':
      return pagerScreen(state, screen)
    case 'run':
      return runScreenBlock(state, screen)
    default:
      return helpScreen(state, screen.scroll)
  }
}
