import type {Block} from '../layout/line.ts'
import {fitBlock} from '../layout/line.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen} from '../state/ui.ts'
import {actionsOf} from '../actions/actions-of.ts'
import {openOverlay} from '../overlays/registry.ts'
import {footer} from './footer.ts'
import {header} from './header.ts'
import {bodyOf} from '../layout/body.ts'
import {definitionOf} from './registry.ts'

/** The whole screen: exactly as many lines as the terminal has rows, each exactly as wide as its columns. */
export function frame(state: UiState): Block {
  const {width, height} = bodyOf(state)
  const screen = currentScreen(state)
  const under = fitBlock(definitionOf(screen).view(state, screen), width, height)
  const body = fitBlock(withOverlay(state, under), width, height)
  return fitBlock([...header(state), ...body, ...footer(state)], state.columns, state.rows)
}

/** The overlay of the state over its screen. */
function withOverlay(state: UiState, screen: Block): Block {
  const open = openOverlay(state)
  return open?.overlay.view?.(state, open.data, screen, actionsOf(state)) ?? screen
}
