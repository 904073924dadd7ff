/** Durations are written `500ms`, `30s`, `5m`, `1h30m`, `7d` and are milliseconds in code. */
const UNIT_MS = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000} as const
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/gy

/** Milliseconds, or undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const source = text.trim()
  if (source === '') return undefined
  let total = 0
  let end = 0
  PART.lastIndex = 0
  for (let match = PART.exec(source); match; match = PART.exec(source)) {
    total += Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
    end = PART.lastIndex
  }
  return end === source.length ? total : undefined
}

/** `820ms`, `3.2s`, `5s`, `42s`, `5m`, `1h 20m`, `3d 4h`: at most two units, never more than seven columns. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  const value = Math.max(0, ms)
  if (value < 1000) return `${Math.round(value)}ms`
  if (value < 10_000) return `${(value / 1000).toFixed(1).replace('.0', '')}s`
  if (value < 60_000) return `${Math.floor(value / 1000)}s`
  if (value < 3_600_000) return pair(value, 'm', 's')
  if (value < 86_400_000) return pair(value, 'h', 'm')
  return pair(value, 'd', 'h')
}

function pair(ms: number, big: 'm' | 'h' | 'd', small: 's' | 'm' | 'h'): string {
  const whole = Math.floor(ms / UNIT_MS[big])
  const rest = Math.floor((ms % UNIT_MS[big]) / UNIT_MS[small])
  return rest === 0 || whole >= 10 ? `${whole}${big}` : `${whole}${big} ${rest}${small}`
}

/** `just now`, `42s ago`, `3d ago`; a future moment (clock jumped) is `in 5s`, never negative. */
export function formatAge(thenMs: number, nowMs: number): string {
  const age = nowMs - thenMs
  if (age < -1000) return `in ${formatDuration(-age).split(' ')[0]}`
  if (age < 1000) return 'just now'
  return `${formatDuration(Math.floor(age / 1000) * 1000).split(' ')[0]} ago`
}
