import {asBytes, globToRegExp, literalOf} from './glob.ts'

/** One part of a pattern: any number of characters, or one that is among some. */
type Part = 'any' | ReadonlySet<number>

/** Whether some key matches both patterns. */
export function globsOverlap(left: string, right: string): boolean {
  const [a, b] = [partsOf(asBytes(left)), partsOf(asBytes(right))]
  const known = new Map<number, boolean>()
  const meet = (i: number, j: number): boolean => {
    const at = i * (b.length + 1) + j
    const before = known.get(at)
    if (before !== undefined) return before
    known.set(at, false)
    const [one, other] = [a[i], b[j]]
    let found: boolean
    if (one === 'any') found = meet(i + 1, j) || (other !== undefined && meet(i, j + 1))
    else if (other === 'any') found = meet(i, j + 1) || (one !== undefined && meet(i + 1, j))
    else if (one === undefined || other === undefined) found = one === other
    else found = [...one].some(code => other.has(code)) && meet(i + 1, j + 1)
    known.set(at, found)
    return found
  }
  return meet(0, 0)
}

/** Whether every key of `inner` is one of `outer`, as far as the plain start of both tells: `outer` is a prefix and a star. */
export function isWithin(inner: string, outer: string): boolean {
  const prefix = /^((?:[^*?[\\]|\\.)*)\*$/.exec(outer)?.[1]
  if (prefix === undefined) return inner === outer
  const start = /^(?:[^*?[\\]|\\.)*/.exec(inner)?.[0] ?? ''
  return literalOf(start).startsWith(literalOf(prefix))
}

const BYTES = Array.from({length: 256}, (_, code) => code)

function partsOf(pattern: string): readonly Part[] {
  const pieces = pattern.match(/\*+|\?|\[\^?(?:\\[^]|[^\]\\])*\]?|\\[^]|[^]/g) ?? []
  return pieces.map(piece => {
    if (piece.startsWith('*')) return 'any'
    const test = globToRegExp(piece)
    return new Set(BYTES.filter(code => test.test(String.fromCharCode(code))))
  })
}
