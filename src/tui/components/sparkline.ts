import type {Line} from '../layout/line.ts'
import {span} from '../layout/line.ts'

const BARS = '▁▂▃▄▅▆▇█'
/** The highest bar does not touch the line above. */
const HEADROOM = 1.15

/**
 * The newest values as bars, one a column; gaps stay empty. The scale starts at 0 unless `floor` is given, so a flat
 * line is a flat line and not noise made large.
 */
export function sparkline(values: readonly (number | undefined)[], width: number, ceiling?: number): Line {
  const shown = values.slice(-width)
  const top = ceiling ?? Math.max(0, ...shown.map(value => value ?? 0)) * HEADROOM
  const bars = shown.map(value => {
    if (value === undefined || !Number.isFinite(value)) return ' '
    const level = top <= 0 ? 0 : Math.round((Math.max(0, value) / top) * (BARS.length - 1))
    return BARS[Math.min(level, BARS.length - 1)] ?? ' '
  })
  return [span(' '.repeat(Math.max(0, width - bars.length))), span(bars.join(''), 'accent')]
}
