import {decodings, mayBeEscaped} from './decoded.ts'
import {encodingsOf} from './encodings.ts'

/**
 * Takes secrets out of text, by value, in the encodings that tools print them in. What is not covered is written in
 * `docs/security.md`: values under eight characters, reversed, compressed, encrypted or character-spaced ones.
 */
export interface Redactor {
  /** Registers a secret. From now on no line that passes holds it. */
  add(value: string): void
  /** A whole line or text. */
  redact(text: string): string
  /** Where a text that goes on can be cut, at most at `wanted`: nothing before the cut is half a secret. */
  safeCut(text: string, wanted: number): number
  readonly size: number
}

export const REDACTED = '[redacted]'
/** Shorter values hide ordinary words and give little away. */
export const SHORTEST_SECRET = 8

/** Where somebody shortened a text before it came here, the beginning of a secret may stand before the mark. */
const CUT = '…'
const BEFORE_CUT = /[^…]*(?=…)/g
/** No escape of a letter is longer than this many letters, but for leading zeros. */
const ESCAPED = 12
/** A shorter beginning gives little away, and would be found in ordinary words. */
const SHORTEST_BEGINNING = 4

function withoutBeginning(head: string, needles: ReadonlySet<string>): string {
  let longest = 0
  for (const needle of needles)
    for (let length = Math.min(needle.length - 1, head.length); length >= SHORTEST_BEGINNING; length -= 1) {
      if (length <= longest) break
      if (head.endsWith(needle.slice(0, length))) longest = length
    }
  return longest === 0 ? head : `${head.slice(0, -longest)}${REDACTED}`
}

const escapeRegExp = (text: string): string => RegExp.escape(text)

type Place = readonly [from: number, to: number]

/** Not with matchAll: that compiles the expression anew, which takes longer than most texts. */
function placesOf(text: string, found: RegExp): readonly Place[] {
  const places: Place[] = []
  found.lastIndex = 0
  for (let match = found.exec(text); match; match = found.exec(text)) places.push([match.index, found.lastIndex])
  return places
}

/** Where a secret stands that was escaped in a way that is no form of its own. */
function escapedPlaces(text: string, found: RegExp): readonly Place[] {
  if (!mayBeEscaped(text)) return []
  return [...decodings(text)].flatMap(({text: meant, from}) =>
    placesOf(meant, found).map(([begin, end]) => [from[begin] as number, from[end] as number] as const),
  )
}

function withoutEscaped(text: string, found: RegExp): string {
  let safe = text
  // Later ones first, so that places before them stay; one within another goes with it.
  let before = Number.POSITIVE_INFINITY
  for (const [from, to] of escapedPlaces(text, found).toSorted((a, b) => b[1] - a[1] || a[0] - b[0])) {
    if (to > before) continue
    safe = safe.slice(0, from) + REDACTED + safe.slice(to)
    before = from
  }
  return safe
}

export function createRedactor(initial: Iterable<string> = []): Redactor {
  const needles = new Set<string>()
  let pattern: RegExp | undefined
  let longest = 0

  const add = (value: string): void => {
    for (const needle of encodingsOf(value)) {
      if (Buffer.byteLength(needle) < SHORTEST_SECRET || needles.has(needle)) continue
      needles.add(needle)
      longest = Math.max(longest, needle.length)
      pattern = undefined
    }
  }
  const compiled = (): RegExp | undefined => {
    if (pattern || needles.size === 0) return pattern
    const byLength = [...needles].sort((a, b) => b.length - a.length)
    pattern = new RegExp(byLength.map(escapeRegExp).join('|'), 'g')
    return pattern
  }
  const redact = (text: string): string => {
    const found = compiled()
    const safe = found ? withoutEscaped(text.replace(found, REDACTED), found) : text
    return found && safe.includes(CUT) ? safe.replace(BEFORE_CUT, head => withoutBeginning(head, needles)) : safe
  }
  const safeCut = (text: string, wanted: number): number => {
    let cut = Math.min(wanted, Math.max(0, text.length - longest * ESCAPED + 1))
    const found = compiled()
    if (!found) return Math.min(wanted, text.length)
    for (const [from, to] of [...placesOf(text, found), ...escapedPlaces(text, found)].sort((a, b) => b[0] - a[0]))
      if (from < cut && to > cut) cut = from
    return cut
  }
  for (const value of initial) add(value)
  return {
    add,
    redact,
    safeCut,
    get size() {
      return needles.size
    },
  }
}

/** Secrets that announce themselves: passwords in URLs, bearer tokens, well-known token prefixes, private keys. */
const ANNOUNCED: readonly RegExp[] = [
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/gi,
  /(?<=\b(?:authorization:\s*)?bearer\s+)[\w.~+/=-]{8,}/gi,
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}|sk_(?:live|test)_[A-Za-z0-9]{10,}|glpat-[\w-]{16,}|AGE-SECRET-KEY-1[A-Z0-9]{20,})\b/g,
  /(?<=\b(?:password|passwd|secret|api[_-]?key|access[_-]?token|pgpassword)["']?\s*[=:]\s*["']?)[^\s"',;&]{6,}/gi,
]

/** Redacts what looks like a secret though nobody declared it. */
export function redactAnnounced(text: string): string {
  let safe = text
  for (const pattern of ANNOUNCED) safe = safe.replace(pattern, found => (found === REDACTED ? found : REDACTED))
  return safe
}
