import {Fzf} from 'fzf'

/**
 * `web !down`: rows that contain every word, and none of the words after a `!`. A word that no row contains is tried
 * fuzzily, so `rstpg` finds `restore postgres`; `~word` asks for that at once.
 */
export interface Filtered<Row> {
  readonly rows: readonly Row[]
  readonly fuzzy: boolean
}

export function filterRows<Row>(rows: readonly Row[], filter: string, text: (row: Row) => string): Filtered<Row> {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return {rows, fuzzy: false}
  let kept: readonly Row[] = rows
  let fuzzy = false
  for (const word of words) {
    if (word.startsWith('!')) {
      const without = word.slice(1)
      if (without !== '') kept = kept.filter(row => !text(row).toLowerCase().includes(without))
      continue
    }
    const asked = word.startsWith('~')
    const wanted = asked ? word.slice(1) : word
    if (wanted === '') continue
    const plain = asked ? [] : kept.filter(row => text(row).toLowerCase().includes(wanted))
    if (plain.length > 0) {
      kept = plain
      continue
    }
    const found = new Set(rank(kept, wanted, text))
    fuzzy = true
    kept = kept.filter(row => found.has(row))
  }
  return {rows: kept, fuzzy}
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
