import type {Line, Tone} from '../canvas/line.ts'
import {span} from '../canvas/line.ts'

/** A bar of `width` columns; `share` is 0..1. */
export function progressBar(share: number, width: number, tone: Tone = 'accent'): Line {
  const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0
  const filled = Math.round(bounded * width)
  return [span('█'.repeat(filled), tone), span('░'.repeat(Math.max(0, width - filled)), 'dim')]
}
