const LONGEST = 120

/** Values of a label as they are, up to so many different ones; all that come later are `other`. */
export function boundedLabel(most: number): (value: string) => string {
  const known = new Set<string>()
  return value => {
    const short = value.slice(0, LONGEST)
    if (!known.has(short) && known.size >= most) return 'other'
    known.add(short)
    return short
  }
}
