import type {History} from './history.ts'

/** So close together, targets hardly fail each by itself. */
const TOGETHER_MS = 10_000
const FEWEST = 5
const SHARE = 0.5
const TOLD_FOR_MS = 600_000

/** Many targets that got worse at the same moment, and still are: more likely this host, or its network, than all of them. */
export function worseTogether(
  history: Pick<History, 'watched'>,
  now: number,
): {readonly count: number; readonly of: number; readonly at: number} | undefined {
  const tracks = [...history.watched().values()].flatMap(({track}) => track ?? [])
  const moments = tracks
    .flatMap(({state, changes}) => (state === 'up' ? [] : (changes.at(-1) ?? [])))
    .filter(at => at > now - TOLD_FOR_MS && at <= now)
    .sort((a, b) => a - b)
  let first = 0
  let best = {count: 0, at: 0}
  for (const [last, at] of moments.entries()) {
    while (at - (moments[first] ?? at) > TOGETHER_MS) first += 1
    if (last - first + 1 >= best.count) best = {count: last - first + 1, at}
  }
  return best.count >= FEWEST && best.count >= SHARE * tracks.length ? {...best, of: tracks.length} : undefined
}
