/** `1,204`: a whole number that is read, not compared at a glance. */
export const formatWhole = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** `0`, `950`, `1.2k`, `34k`, `5.6M`: at most four columns for counts and rates. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size < 1000) return String(size < 10 && !Number.isInteger(value) ? Number(value.toFixed(1)) : Math.round(value))
  for (const [unit, scale] of [
    ['k', 1e3],
    ['M', 1e6],
    ['G', 1e9],
  ] as const) {
    const scaled = value / scale
    if (Math.abs(scaled) < 999.5 || unit === 'G')
      return `${Math.abs(scaled) < 10 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`
  }
  return String(value)
}

/** A share of 0..1 as `99.95%`; as many digits as needed to tell it from 100 %. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return '–'
  const percent = share * 100
  if (percent === 100 || percent === 0) return `${percent}%`
  if (percent > 99) return `${(Math.floor(percent * 100) / 100).toFixed(2)}%`
  return `${percent.toFixed(percent < 10 ? 1 : 0)}%`
}
