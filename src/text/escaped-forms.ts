/**
 * How tools write a text character by character. Each kind has dialects: which characters are escaped, and how. All of
 * them are made, since a secret that is missed in one of them is a secret that is shown.
 */

/** What is left as it is: RFC 3986; encodeURIComponent; Python's quote; forms; everything but letters and digits; encodeURI. */
const KEPT: readonly RegExp[] = [
  /[\w.~-]/,
  /[\w.!~*'()-]/,
  /[\w.~/-]/,
  /[\w.*-]/,
  /[A-Za-z0-9]/,
  /[\w.!~*'();/?:@&=+$,#-]/,
  /[\w.!~*'();/?:@&=+$,#[\]-]/,
  /(?!)/,
]

/** Percent-encoded: strict and lax, a space as `%20` or `+`, the digits in both cases. */
export function percentForms(text: string): readonly string[] {
  return KEPT.flatMap(kept => {
    const encoded = Array.from(text, each => (kept.test(each) ? each : percent(each))).join('')
    const forms = [encoded, encoded.replaceAll('%20', '+')]
    return [...forms, ...forms.map(form => form.replaceAll(/%[0-9A-F]{2}/g, digits => digits.toLowerCase()))]
  })
}

const percent = (character: string): string =>
  Array.from(Buffer.from(character, 'utf8'), byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

/** A quote in numbers, as .NET and PHP can write it; a backslash that is itself escaped stays. */
const withoutQuotes = (json: string): string =>
  json.replaceAll(/\\[\\"]/g, pair => (pair === String.raw`\\` ? pair : String.raw`\u0022`))

/** In a JSON string: also with `\/`, with everything beyond ASCII in numbers, and with what HTML could misread in numbers. */
export function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1)
  const forms = [plain, plain.replaceAll('/', String.raw`\/`)]
  const numbered = [undefined, /[<>&\u2028\u2029]/g, /[<>&'\u2028\u2029]/g].flatMap(set =>
    set === undefined ? forms : forms.map(form => form.replaceAll(set, unit)),
  )
  const cautious = withoutQuotes(plain).replaceAll(/[<>&'`+\u2028\u2029]/g, unit)
  const all = [...numbered, withoutQuotes(plain), cautious]
  const ascii = [...all, ...all.map(form => form.replaceAll(/[\u007f-\uffff]/g, unit))]
  return [...ascii, ...ascii.map(form => form.replaceAll(/\\u[0-9a-f]{4}/g, upper))]
}

const unit = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
const upper = (escape: string): string => `\\u${escape.slice(2).toUpperCase()}`

const DOUBLE = ['"', '&quot;', '&#34;', '&#x22;', '&#034;']
const SINGLE = ["'", '&apos;', '&#39;', '&#x27;', '&#039;']
const CLOSING = ['&gt;', '>']

/** In XML and HTML: with and without the quotes, which have several names, and in numbers. */
export function xmlForms(text: string): readonly string[] {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const closed = written([plain], '>', CLOSING)
  const named = written(written(closed, '"', DOUBLE), "'", SINGLE)
  const beyond = /[\u0080-\u{10ffff}]/gu
  const numbered = NUMBERS.flatMap(number => [
    text.replaceAll(/[&<>"']/g, number),
    text.replaceAll(/[&<>"'\u0080-\u{10ffff}]/gu, number),
    ...(beyond.test(text) ? named.map(form => form.replaceAll(beyond, number)) : []),
  ])
  return [...named, ...numbered]
}

const code = (character: string): number => character.codePointAt(0) ?? 0
const NUMBERS: readonly ((character: string) => string)[] = [
  each => `&#${code(each)};`,
  each => `&#x${code(each).toString(16)};`,
  each => `&#x${code(each).toString(16).toUpperCase()};`,
]

/** Every form with one character in each of the ways to write it. */
const written = (forms: readonly string[], character: string, ways: readonly string[]): readonly string[] => [
  ...new Set(ways.flatMap(way => forms.map(form => form.replaceAll(character, way)))),
]

/**
 * As bash prints it with `set -x` and `declare -p`, as zx quotes it, with every special character behind a backslash; and in a
 * string of SQL.
 */
export function shellForms(text: string): readonly string[] {
  const ansiC = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  const doubled = text.replaceAll(/["$`\\]/g, String.raw`\$&`)
  const sql = text.replaceAll("'", "''")
  // Shells do not agree on what is special: beyond ASCII, a tilde, a comma, a number sign.
  const special = [/[^\w@%+=:,./-]/g, /[^\w@%+=:,./~\u0080-\uffff-]/g, /[^\w@%+=:./~#\u0080-\uffff-]/g]
  const escaped = special.map(each => text.replaceAll(each, String.raw`\$&`))
  const quoted = [`'\\''`, `'"'"'`].map(quote => text.replaceAll("'", quote))
  return [...quoted, ansiC, ...escaped, doubled, sql]
}
