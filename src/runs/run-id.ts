const RUN_ID = /^[0-9]{8}-[0-9]{6}-[a-z0-9]{4}$/

export const isRunId = (text: string): boolean => RUN_ID.test(text)

/** `20261122-031200-k3f9`, UTC, with enough chance to keep two runs of one second apart. */
export function newRunId(now: number, random: () => number = Math.random): string {
  const [date, time] = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  const tail = Array.from({length: 4}, () => 'abcdefghijkmnpqrstuvwxyz23456789'[Math.floor(random() * 32)]).join('')
  return `${date}-${time}-${tail}`
}
