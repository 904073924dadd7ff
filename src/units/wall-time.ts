/** `2026-01-05T09:00`, what the clocks of some zone show, as if it were UTC; undefined: the text is no such time. */
export function wallOf(text: string): number | undefined {
  const [, day = '', time = ''] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)$/.exec(text) ?? []
  const [midnight, at] = [Date.parse(`${day}T00:00Z`), Date.parse(`${day}T${time}:00Z`)]
  if (Number.isNaN(midnight) || Number.isNaN(at)) return undefined
  // The 30th of February is read as the 2nd of March.
  return new Date(midnight).toISOString().startsWith(day) ? at : undefined
}
