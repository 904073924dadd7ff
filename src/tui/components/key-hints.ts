import type {Line} from '../layout/line.ts'
import {lineWidth, span} from '../layout/line.ts'

/** A key of the footer and what it does. */
export interface Hint {
  readonly key: string
  readonly label: string
  readonly disabled?: boolean
}

/**
 * As many hints as fit; those at the end (help, back, quit) are kept, those in the middle give way. Enter is a sign only
 * on small screens: not every font has the sign, and in ASCII it looks like another key.
 */
export function keyHints(hints: readonly Hint[], width: number): Line {
  const widthOf = (list: readonly Hint[]): number => lineWidth(hintLine(list))
  const kept = width < 80 ? hints.map(each => (each.key === 'Enter' ? {...each, key: '↵'} : each)) : [...hints]
  while (kept.length > 1 && widthOf(kept) > width) {
    const keepAtEnd = Math.min(3, Math.floor(kept.length / 2))
    kept.splice(Math.max(0, kept.length - keepAtEnd - 1), 1)
  }
  return hintLine(kept)
}

const hintLine = (hints: readonly Hint[]): Line =>
  hints.flatMap(each => [span(` ${each.key}`, each.disabled ? 'dim' : 'accent bold'), span(` ${each.label} `, 'dim')])
