import type {Line} from '../layout/line.ts'
import {SPOKEN, span} from '../layout/line.ts'

const BARS = '▁▂▃▄▅▆▇█'
/** The highest bar does not touch the line above. */
const HEADROOM = 1.15

/**
 * The newest values as bars, one a column; gaps stay empty. The scale starts at 0 and reaches at least to `ceiling`, such
 * as a threshold: what is far below it is small, and noise is not made large.
 */
export function sparkline(values: readonly (number | undefined)[], width: number, ceiling?: number): Line {
  // Bars cannot be heard; the value and its course are told elsewhere.
  if (width === SPOKEN) return []
  const shown = values.slice(-width)
  const highest = Math.max(0, ...shown.map(value => value ?? 0))
  const top = ceiling !== undefined && highest <= ceiling ? ceiling : highest * HEADROOM
  const bars = shown.map(value => {
    if (value === undefined || !Number.isFinite(value)) return ' '
    const level = top <= 0 ? 0 : Math.round((Math.max(0, value) / top) * (BARS.length - 1))
    return BARS[Math.min(level, BARS.length - 1)] ?? ' '
  })
  return [span(' '.repeat(Math.max(0, width - bars.length))), span(bars.join(''), 'accent')]
}
