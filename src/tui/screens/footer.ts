import type {Block, Line, Tone} from '../layout/line.ts'
import {fitLine, lineWidth, span} from '../layout/line.ts'
import type {Binding} from '../bindings.ts'
import {bindingsHere, keyLabel} from '../keys.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen} from '../state/ui.ts'
import {rule} from './header.ts'
import {bodyOf} from '../layout/body.ts'

/** What can be pressed here; or what is being typed; or what has just happened. */
export function footer(state: UiState): Block {
  const {width, footer: height} = bodyOf(state)
  const last = fitLine(lastLine(state, width), width)
  return height >= 2 ? [rule(state, width), last] : [last]
}

function lastLine(state: UiState, width: number): Line {
  const {overlay, toast} = state
  if (overlay?.kind === 'filter') {
    return [
      span(' /', 'accent bold'),
      ...typed(overlay.text),
      span('   words, !without, ~fuzzy   Enter keeps, Esc puts back', 'dim'),
    ]
  }
  if (overlay?.kind === 'command') {
    return [span(' :', 'accent bold'), ...typed(overlay.text), span('   Tab completes, Enter goes, Esc leaves', 'dim')]
  }
  if (toast) {
    const tone: Tone = toast.tone === 'bad' ? 'bad bold' : toast.tone === 'good' ? 'accent bold' : 'plain'
    const glyph = toast.tone === 'bad' ? ' ✘ ' : toast.tone === 'good' ? ' ✓ ' : ' › '
    return [span(glyph, tone), span(toast.text, tone === 'plain' ? 'plain' : tone)]
  }
  return keyHints(hintsFor(state), width)
}

const typed = (text: string): Line => [span(text, 'bold'), span(' ', 'selected')]

interface Hint {
  readonly key: string
  readonly label: string
  readonly disabled: boolean
}

const hint = (key: string, label: string): Hint => ({key, label, disabled: false})

function hintsFor(state: UiState): readonly Hint[] {
  const {overlay} = state
  if (overlay)
    return overlay.kind === 'environment'
      ? [hint('↑↓', 'choose'), hint('↵', 'switch'), hint('Esc', 'leave')]
      : [hint('Tab', 'next'), hint('PgDn', 'more'), hint('Esc', 'leave')]
  const kind = currentScreen(state).kind
  if (kind === 'runbooks')
    return [hint('type', 'to find'), hint('↑↓', 'choose'), hint('↵', 'go on'), hint('Esc', 'back')]
  if (kind === 'params') return [hint('↑↓', 'field'), hint('←→', 'choice'), hint('↵', 'next'), hint('Esc', 'back')]
  if (kind === 'planning') return [hint('Esc', 'stop planning')]
  return bindingsHere(state)
    .filter(binding => binding.footer !== undefined)
    .toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
    .map(binding => toHint(state, binding))
}

const toHint = (state: UiState, binding: Binding): Hint => ({
  key: keyLabel(binding.keys[0] ?? ''),
  label: binding.label,
  disabled: binding.disabled?.(state) !== undefined,
})

/** As many hints as fit; those at the end (help, back, quit) are kept, those in the middle give way. */
export function keyHints(hints: readonly Hint[], width: number): Line {
  const widthOf = (list: readonly Hint[]): number => lineWidth(hintLine(list))
  const kept = [...hints]
  while (kept.length > 1 && widthOf(kept) > width) {
    const keepAtEnd = Math.min(3, Math.floor(kept.length / 2))
    kept.splice(Math.max(0, kept.length - keepAtEnd - 1), 1)
  }
  return hintLine(kept)
}

const hintLine = (hints: readonly Hint[]): Line =>
  hints.flatMap(each => [span(` ${each.key}`, each.disabled ? 'dim' : 'accent bold'), span(` ${each.label} `, 'dim')])
