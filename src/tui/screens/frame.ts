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
  const {width, height, footer: lines} = bodyOf(state)
  const screen = currentScreen(state)
  const under = fitBlock(definitionOf(screen).view(state, screen), width, height)
  const over = withOverlay(state, under)
  // Lines are measured once: it takes longest of all that a frame does.
  const body = over === under ? under : fitBlock(over, width, height)
  const [above = [], below = []] = [header(state), footer(state)].map(part => fitBlock(part, width, part.length))
  // What has just happened may take more than its own lines.
  const room = Math.max(0, height - Math.max(0, below.length - lines))
  return [...above, ...body.slice(0, room), ...below].slice(0, state.rows)
}

/** The overlay of the state over its screen. */
function withOverlay(state: UiState, screen: Block): Block {
  const open = openOverlay(state)
  return open?.overlay.view?.(state, open.data, screen, actionsOf(state)) ?? screen
}
