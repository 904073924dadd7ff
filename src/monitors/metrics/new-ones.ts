/**
 * What is new in a list that is read again and again. Each reading begins with a question of its own; nothing is new twice, nor what is
 * older than `since`.
 */
export function newOnes(since: number): () => (what: string, at: number) => boolean {
  let known: ReadonlySet<string> = new Set()
  return () => {
    const before = known
    const seen = new Set<string>()
    known = seen
    return (what, at) => {
      seen.add(what)
      return at >= since && !before.has(what)
    }
  }
}
