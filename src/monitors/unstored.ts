import type {History, Rollup} from './history.ts'

/** The history with the roll-ups that wait to be written, each in place of an older one of the same stretch. */
export function withUnstored(
  history: Pick<History, 'rollups'>,
  waiting: () => readonly Rollup[],
): Pick<History, 'rollups'> {
  return {
    rollups(target, span, since, until) {
      const unstored = waiting().filter(
        each => each.target === target && each.span === span && each.start >= since && each.start < until,
      )
      const stored = history.rollups(target, span, since, until)
      if (unstored.length === 0) return stored
      const byStart = new Map([...stored, ...unstored].map(each => [each.start, each]))
      return [...byStart.values()].sort((a, b) => a.start - b.start)
    },
  }
}
