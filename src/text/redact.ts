import {decodings, mayBeEscaped} from './decoded.ts'
import {encodingsOf} from './encodings.ts'
import {createNeedles, type Needles, type Place} from './needles.ts'

/**
 * Takes secrets out of text, by value, in the encodings that tools print them in. What is not covered is written in
 * `docs/security.md`: values under eight bytes, reversed, compressed, encrypted or character-spaced ones.
 */
export interface Redactor {
  /** Registers a secret. From now on no line that passes holds it. */
  add(value: string): void
  /** A whole line or text. */
  redact(text: string): string
  /** Where a text that goes on can be cut, as far on as is known now: nothing before the cut is half a secret. */
  safeCut(text: string): number
  readonly size: number
}

export const REDACTED = '[redacted]'
/** Bytes, as UTF-8. Shorter values hide ordinary words and give little away. */
export const SHORTEST_SECRET = 8

const isLongEnough = (text: string): boolean => Buffer.byteLength(text) >= SHORTEST_SECRET

/** Whether a value is too short to be taken out of text: as it is without blanks at its ends, or in each of its lines. */
export const isTooShortToRedact = (value: string): boolean =>
  !value.split(/\r?\n/).some(line => isLongEnough(line.trim()))

/** Where somebody shortened a text before it came here, the beginning of a secret may stand before the mark. */
const CUT = '…'
const BEFORE_CUT = /[^…]*(?=…)/g
/** No escape of a letter is longer than this many letters, but for leading zeros. */
const ESCAPED = 12
/** A shorter beginning gives little away, and would be found in ordinary words. */
const SHORTEST_BEGINNING = 4

/** The places out of the text; of those that overlap, what they cover together. */
function without(text: string, places: readonly Place[]): string {
  const parts: string[] = []
  let end = 0
  for (const [from, to] of places.toSorted((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (from >= end) parts.push(text.slice(end, from), REDACTED)
    end = Math.max(end, to)
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(end)
}

/** Where a secret stands that was escaped in a way that is no form of its own. */
function escapedPlaces(text: string, needles: Needles): readonly Place[] {
  if (needles.size === 0 || !mayBeEscaped(text)) return []
  return [...decodings(text)].flatMap(({text: meant, from}) =>
    needles.placesIn(meant).map(([begin, end]) => [from[begin] as number, from[end] as number] as const),
  )
}

export function createRedactor(initial: Iterable<string> = []): Redactor {
  const needles = createNeedles()
  const withoutBeginning = (head: string): string => {
    const from = needles.beginningIn(head, SHORTEST_BEGINNING)
    return from === -1 ? head : `${head.slice(0, from)}${REDACTED}`
  }
  const redactor: Redactor = {
    add: value => {
      for (const needle of encodingsOf(value)) if (isLongEnough(needle)) needles.add(needle)
    },
    redact: text => {
      const plain = without(text, needles.placesIn(text))
      const safe = without(plain, escapedPlaces(plain, needles))
      return needles.size > 0 && safe.includes(CUT) ? safe.replace(BEFORE_CUT, withoutBeginning) : safe
    },
    safeCut: text => {
      let cut = Math.max(0, text.length - Math.max(needles.longest * ESCAPED, LONGEST_ANNOUNCEMENT))
      const places = [...needles.placesIn(text), ...escapedPlaces(text, needles), ...announcedPlaces(text)]
      for (const [from, to] of places.sort((a, b) => b[0] - a[0])) if (from < cut && to > cut) cut = from
      return cut
    },
    get size() {
      return needles.size
    },
  }
  for (const value of initial) redactor.add(value)
  return redactor
}

/**
 * Secrets that announce themselves: passwords in URLs, bearer tokens, well-known prefixes of tokens. What announces is the
 * first group, and stays. Each begins with a letter and repeats only what is bounded, so that no text can make it slow.
 */
const ANNOUNCED: readonly RegExp[] = [
  /(\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s:/@]{0,256}:)[^\s@/]+(?=@)/gi,
  /(\bbearer\s{1,64})[\w.~+/=-]{8,}/gi,
  /()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abeprs]-[\w-]{10,}|xapp-[\w-]{10,}|A[KS]IA[A-Z0-9]{16}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|gl(?:pat|dt|ptt|rt|soat)-[\w-]{16,}|AGE-SECRET-KEY-1[A-Z0-9]{20,})\b/g,
  /((?<![a-z0-9])(?:password|passwd|secret|api[_-]?key|access[_-]?token|pgpassword)["']?\s{0,64}[=:]\s{0,64}["']?)[^\s"',;&]{6,}/gi,
]
/** What stands before such a secret and says that it is one is no longer. */
const LONGEST_ANNOUNCEMENT = 1024
/** Of a line without an end, what is longer than this is no token. */
const LONGEST_ANNOUNCED = 8192

/** Redacts what looks like a secret though nobody declared it. */
export function redactAnnounced(text: string): string {
  let safe = text
  for (const pattern of ANNOUNCED)
    safe = safe.replace(pattern, (found: string, before: string) =>
      found.slice(before.length).startsWith(REDACTED) ? found : `${before}${REDACTED}`,
    )
  return safe
}

/** With what announces them. */
const announcedPlaces = (text: string): readonly Place[] =>
  ANNOUNCED.flatMap(pattern =>
    Array.from(text.matchAll(pattern), ({index, 0: {length}}) => [index, index + length] as const),
  ).filter(([from, to]) => to - from <= LONGEST_ANNOUNCED)
