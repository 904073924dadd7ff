/** Where something stands in a text. */
export type Place = readonly [from: number, to: number]

/**
 * Many texts that are looked for at once, in time that grows with the text and not with their number or length. No regular
 * expression: one of a long key is too large to be compiled, and its error says the key.
 */
export interface Needles {
  add(needle: string): void
  has(needle: string): boolean
  /** From left to right, none within another; where several begin, the longest. */
  placesIn(text: string): readonly Place[]
  /** Where the text ends in the beginning of a needle, of at least `shortest` characters; -1: it does not. */
  beginningIn(text: string, shortest: number): number
  readonly size: number
  /** Characters of the longest. */
  readonly longest: number
}

/** No needle is shorter: eight bytes are at least three characters. */
const KEY = 3
/** Needles that are longer are found by so many characters: the forms of one secret often begin alike. */
const LONG_KEY = 16

/** Three characters in 16 bits. Most places of a text are passed by with no more than this. */
const hashOf = (first: number, second: number, third: number): number =>
  (first ^ (second << 5) ^ (third << 10)) & 0xffff

export function createNeedles(): Needles {
  const known = new Set<string>()
  const begins = new Uint8Array(0x10000)
  const short = new Map<string, string[]>()
  const long = new Map<string, string[]>()
  const all = new Map<string, string[]>()
  let longest = 0

  /** The longest that stands there. */
  const at = (text: string, from: number): string | undefined => {
    const stands = (needle: string): boolean => text.startsWith(needle, from)
    return (
      long.get(text.slice(from, from + LONG_KEY))?.find(stands) ?? short.get(text.slice(from, from + KEY))?.find(stands)
    )
  }
  return {
    add: needle => {
      if (needle.length < KEY || known.has(needle)) return
      known.add(needle)
      longest = Math.max(longest, needle.length)
      begins[hashOf(needle.charCodeAt(0), needle.charCodeAt(1), needle.charCodeAt(2))] = 1
      keep(all, needle.slice(0, KEY), needle)
      if (needle.length > LONG_KEY) keep(long, needle.slice(0, LONG_KEY), needle)
      else keep(short, needle.slice(0, KEY), needle)
    },
    has: needle => known.has(needle),
    placesIn: text => {
      const places: Place[] = []
      if (known.size === 0) return places
      let first = text.charCodeAt(0)
      let second = text.charCodeAt(1)
      let free = 0
      for (let from = 0; from + KEY <= text.length; from += 1) {
        const third = text.charCodeAt(from + 2)
        if (from >= free && begins[hashOf(first, second, third)] === 1) {
          const found = at(text, from)
          if (found !== undefined) {
            free = from + found.length
            places.push([from, free])
          }
        }
        first = second
        second = third
      }
      return places
    },
    beginningIn: (text, shortest) => {
      for (let from = Math.max(0, text.length - longest + 1); from + shortest <= text.length; from += 1) {
        if (begins[hashOf(text.charCodeAt(from), text.charCodeAt(from + 1), text.charCodeAt(from + 2))] !== 1) continue
        const rest = text.slice(from)
        if (all.get(rest.slice(0, KEY))?.some(needle => needle.length > rest.length && needle.startsWith(rest)))
          return from
      }
      return -1
    },
    get size() {
      return known.size
    },
    get longest() {
      return longest
    },
  }
}

/** Longer ones first. */
function keep(under: Map<string, string[]>, key: string, needle: string): void {
  const list = under.get(key) ?? []
  const before = list.findIndex(each => each.length < needle.length)
  list.splice(before === -1 ? list.length : before, 0, needle)
  under.set(key, list)
}
