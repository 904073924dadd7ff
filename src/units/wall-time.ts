/** `2026-01-05T09:00`, what the clocks of some zone show, as if it were UTC; undefined: the text is no such time. */
export function wallOf(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)$/.exec(text)
  const at = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}:00Z`)
  return Number.isNaN(at) ? undefined : at
}
