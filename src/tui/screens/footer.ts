import type {Block, Line, Tone} from '../layout/line.ts'
import {fitLine, line, span} from '../layout/line.ts'
import {wrapLine} from '../layout/wrap-line.ts'
import type {Action} from '../actions/action.ts'
import {actionsHere} from '../actions/keys.ts'
import {keyLabel} from '../keymap/key-label.ts'
import {actionsOf} from '../actions/actions-of.ts'
import type {Hint} from '../components/key-hints.ts'
import {keyHints} from '../components/key-hints.ts'
import {openOverlay} from '../overlays/registry.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen} from '../state/ui.ts'
import {rule} from './header.ts'
import {definitionOf} from './registry.ts'
import {bodyOf} from '../layout/body.ts'

/**
 * What can be pressed here; or what is being typed; or what has just happened, for which it grows where one line is too
 * short: at its end stands what to do next.
 */
export function footer(state: UiState): Block {
  const {width, footer: height} = bodyOf(state)
  const last = lastLines(state, width).map(each => fitLine(each, width))
  return height >= 2 ? [rule(state, width), ...last] : last
}

function lastLines(state: UiState, width: number): readonly Line[] {
  const {toast} = state
  const open = openOverlay(state)
  const own = open?.overlay.footer?.(state, open.data, actionsOf(state))
  if (own) return [own]
  if (!toast) return [keyHints(hintsFor(state), width)]
  const tone: Tone = toast.tone === 'bad' ? 'bad bold' : toast.tone === 'good' ? 'accent bold' : 'plain'
  const glyph = toast.tone === 'bad' ? ' ✘ ' : toast.tone === 'good' ? ' ✓ ' : ' › '
  // A dialog keeps its room.
  const most = open ? 1 : Math.max(1, Math.min(MOST_LINES, Math.floor(state.rows / 4)))
  return wrapLine(line(toast.text, tone), width - INDENT - 1, most).map((part, at) => [
    at === 0 ? span(glyph, tone) : span(' '.repeat(INDENT)),
    ...part,
  ])
}

const INDENT = 3
const MOST_LINES = 4

const hint = (key: string, label: string): Hint => ({key, label})

function hintsFor(state: UiState): readonly Hint[] {
  const open = openOverlay(state)
  if (open) return open.overlay.hints ?? [hint('Esc', 'close')]
  const {hints} = definitionOf(currentScreen(state))
  if (hints) return hints
  return actionsHere(state)
    .filter(action => action.footer !== undefined && action.offered(state))
    .toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
    .map(action => toHint(state, action))
}

const toHint = (state: UiState, action: Action): Hint => ({
  key: keyLabel(action.keys[0] ?? ''),
  label: action.label,
  disabled: action.disabled(state) !== undefined,
})
