import {truncate, truncateMiddle} from './text.ts'

/** A title that is too long loses its end, or its middle where others would read alike without their ends. */
export function titlesApart(titles: readonly string[]): (title: string, width: number) => string {
  const counted = new Map<number, ReadonlyMap<string, number>>()
  const beginsAt = (width: number): ReadonlyMap<string, number> => {
    const begins = new Map<string, number>()
    for (const title of titles) begins.set(truncate(title, width), (begins.get(truncate(title, width)) ?? 0) + 1)
    counted.set(width, begins)
    return begins
  }
  return (title, width) => {
    const begin = truncate(title, width)
    const isAlike = begin !== title && ((counted.get(width) ?? beginsAt(width)).get(begin) ?? 0) > 1
    return isAlike ? truncateMiddle(title, width) : begin
  }
}
