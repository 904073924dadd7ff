import {Fzf} from 'fzf'

/**
 * `web !down`: rows that contain every word, and none of the words after a `!`. `~rstpg` looks fuzzily, and so finds
 * `restore postgres`; it is never done unasked, since a list without a match should say so.
 */
export function filterRows<Row>(rows: readonly Row[], filter: string, text: (row: Row) => string): readonly Row[] {
  let kept: readonly Row[] = rows
  for (const word of filter.toLowerCase().split(/\s+/).filter(Boolean)) {
    const [sign, wanted] = /^[!~]/.test(word) ? [word[0], word.slice(1)] : ['', word]
    if (wanted === '') continue
    if (sign === '~') {
      const found = new Set(rank(kept, wanted, text))
      kept = kept.filter(row => found.has(row))
    } else {
      kept = kept.filter(row => text(row).toLowerCase().includes(wanted) !== (sign === '!'))
    }
  }
  return kept
}

/** The rows that match fuzzily, the best first; all of them, in their own order, for an empty query. */
export function rank<Row>(rows: readonly Row[], query: string, text: (row: Row) => string): readonly Row[] {
  const wanted = query.trim()
  if (wanted === '') return rows
  const finder = new Fzf(rows, {selector: text, casing: 'case-insensitive'})
  const found: readonly {readonly item: Row; readonly score: number}[] = finder.find(wanted)
  // Of what scores alike the shorter text is the closer one.
  return found
    .toSorted((a, b) => b.score - a.score || text(a.item).length - text(b.item).length)
    .map(result => result.item)
}
