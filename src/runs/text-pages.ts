import type {OutputLine} from '../runbooks/events.ts'
import type {OutputPages, PlacedLine} from './ports.ts'

/** Pages of lines in memory: the place of a line is its number. */
export function textPages(all: readonly OutputLine[]): OutputPages {
  const placed = (line: OutputLine, at: number): PlacedLine => ({...line, at, next: at + 1})
  return {
    page: ({at, before, after}) => {
      const from = at === 'end' ? all.length : at
      const first = Math.max(0, from - before)
      const lines = all.slice(first, from + after).map((line, index) => placed(line, first + index))
      return {lines, size: all.length}
    },
    find: async ({from, back, text, otherThan}) => {
      const wanted = (line: OutputLine): boolean =>
        text === undefined ? line.step !== otherThan : line.text.toLowerCase().includes(text.toLowerCase())
      const found = back ? all.slice(0, from).findLastIndex(wanted) : all.slice(from).findIndex(wanted) + from
      return found < (back ? 0 : from) ? undefined : found
    },
  }
}
