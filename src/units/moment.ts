/** `14:02 UTC`, on another day `2026-11-25 14:02 UTC`. */
export function formatMoment(at: number, now: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return 'an unknown moment'
  const [day, time] = new Date(at).toISOString().slice(0, 16).split('T')
  return `${day === new Date(now).toISOString().slice(0, 10) ? '' : `${day} `}${time} UTC`
}
