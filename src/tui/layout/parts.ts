import {blank, type Line, lineWidth, span} from './line.ts'

/** As many of the parts, from the first on, as have room: a part is said whole or not at all. */
export function joinParts(list: readonly Line[], width: number): Line {
  let joined: Line = blank
  for (const part of list) {
    const next = joined.length === 0 ? part : [...joined, span(' · ', 'dim'), ...part]
    if (joined.length > 0 && lineWidth(next) > width) break
    joined = next
  }
  return joined
}

/** As many of the paragraphs, which blank lines divide, as there is room for; of the first what fits. */
export function wholeParagraphs(lines: readonly Line[], height: number): readonly Line[] {
  if (lines.length <= height) return lines
  const end = lines.findLastIndex((each, at) => at <= height && isBlank(each))
  return lines.slice(0, end > 0 ? end : height)
}

export const isBlank = (each: Line): boolean => each.every(({text}) => text.trim() === '')
