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

export function createRedactor(initial: Iterable<string> = []): Redactor {
  const needles = new Set<string>()
  let pattern: RegExp | undefined
  let longest = 0

  const add = (value: string): void => {
    for (const needle of encodingsOf(value)) {
      if (needle.length < SHORTEST_SECRET || needles.has(needle)) continue
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
    const safe = found ? text.replace(found, REDACTED) : text
    return found && safe.includes(CUT) ? safe.replace(BEFORE_CUT, head => withoutBeginning(head, needles)) : safe
  }
  const safeCut = (text: string, wanted: number): number => {
    let cut = Math.min(wanted, Math.max(0, text.length - longest + 1))
    const found = compiled()
    if (!found) return Math.min(wanted, text.length)
    for (const match of text.matchAll(found)) {
      if (match.index < cut && match.index + match[0].length > cut) cut = match.index
    }
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
