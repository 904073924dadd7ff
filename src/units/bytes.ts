const STEPS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** `0 B`, `512 B`, `1.4 MB`, `32 GB`: three significant figures, powers of 1024. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–'
  let value = Math.max(0, bytes)
  let step = 0
  while (value >= 1000 && step < STEPS.length - 1) {
    value /= 1024
    step += 1
  }
  const digits = step > 0 && value < 10 ? 1 : 0
  return `${value.toFixed(digits)} ${STEPS[step]}`
}

/** Bytes from `64mb`, `1.5 GB`, `4096`; undefined when it is not a size. */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)i?b?\s*$/i.exec(text)
  if (!match) return undefined
  const power = ['', 'k', 'm', 'g', 't', 'p'].indexOf((match[2] ?? '').toLowerCase())
  return Math.round(Number(match[1]) * 1024 ** power)
}
