/** As `formatMoment`, to the second, for what happens within minutes: `14:02:09 UTC`. */
export function formatSecond(at: number, now: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return 'an unknown moment'
  return formatMoment(at, now).replace(/\d\d:\d\d/, new Date(at).toISOString().slice(11, 19))
}

/** `14:02 UTC`, on another day `2026-11-25 14:02 UTC`. */
export function formatMoment(at: number, now: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return 'an unknown moment'
  const [day, time] = new Date(at).toISOString().slice(0, 16).split('T')
  return `${day === new Date(now).toISOString().slice(0, 10) ? '' : `${day} `}${time} UTC`
}
