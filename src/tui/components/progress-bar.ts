import type {Progress} from '../../runbooks/ports.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Line, Tone} from '../layout/line.ts'
import {span} from '../layout/line.ts'

/** A bar of `width` columns; `share` is 0..1. */
export function progressBar(share: number, width: number, tone: Tone = 'accent'): Line {
  const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0
  const filled = Math.round(bounded * width)
  return [span('█'.repeat(filled), tone), span('░'.repeat(Math.max(0, width - filled)), 'dim')]
}

/** How far a step is, in the words of its unit: `5.7s of 10s`, `3 of 8 keys`. */
export function progressWords({done, total, unit}: Progress): string {
  if (unit === 'ms') return `${formatDuration(done)} of ${formatDuration(total)}`
  if (unit === 'bytes') return `${formatBytes(done)} of ${formatBytes(total)}`
  const whole = (value: number): string => String(Number.isInteger(value) ? value : Math.round(value * 10) / 10)
  return `${whole(done)} of ${whole(total)} ${unit}`.trimEnd()
}
