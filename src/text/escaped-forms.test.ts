import {describe, expect, test} from 'vitest'
import {createRedactor} from './redact.ts'

const SECRETS = [
  'Sommer!2026*(x)~/ä',
  'wJalrXUtnFEMI/K7MDENG/bPx',
  `it's<a>"secret"&more`,
  'plain-enough-1',
  '50%#sicher?=[x]',
  'b\\s"q+`t$d日本',
]

const hex = (text: string, digits: (hex: string) => string): string =>
  Array.from(Buffer.from(text), byte => `%${digits(byte.toString(16).padStart(2, '0'))}`).join('')
const strict = (text: string, digits = (each: string) => each.toUpperCase(), kept = /[\w.~-]/): string =>
  Array.from(text)
    .map(each => (kept.test(each) && each < '\u0080' ? each : hex(each, digits)))
    .join('')
const same = (text: string): string => text

/** What tools make of a text, each written here by its own rule. */
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': same,
  encodeURIComponent: encodeURIComponent,
  encodeURI: encodeURI,
  'a form': text => new URLSearchParams({v: text}).toString().slice(2),
  'RFC 3986': text => strict(text),
  'RFC 3986, lower case': text => strict(text, same),
  "Python's quote": text => strict(text, undefined, /[\w.~/-]/),
  "Python's quote_plus": text => strict(text).replaceAll('%20', '+'),
  'all but letters and digits, lower case': text => strict(text, same, /[A-Za-z0-9]/),
  'every byte': text => hex(text, each => each.toUpperCase()),
  'every byte, lower case': text => hex(text, same),
  hexadecimal: text => Buffer.from(text).toString('hex'),
  'hexadecimal, upper case': text => Buffer.from(text).toString('hex').toUpperCase(),
  JSON: text => JSON.stringify(text),
  "PHP's json_encode": text => ascii(JSON.stringify(text)).replaceAll('/', String.raw`\/`),
  "Python's json.dumps": text => ascii(JSON.stringify(text)),
  "Go's json.Marshal": text => JSON.stringify(text).replaceAll(/[<>&]/g, unicode),
  "Go's json.Marshal, upper case": text =>
    JSON.stringify(text).replaceAll(/[<>&]/g, each => unicode(each).replaceAll(/[a-f]/g, digit => digit.toUpperCase())),
  ".NET's JsonSerializer": text =>
    `"${Array.from(text, each => (each === '\\' ? '\\\\' : /["&'<>`+]|[^ -~]/.test(each) ? unicode(each).slice(0, 2) + unicode(each).slice(2).toUpperCase() : each)).join('')}"`,
  "PHP's json_encode with JSON_HEX_QUOT": text =>
    `"${Array.from(text, each => (each === '"' ? String.raw`\u0022` : JSON.stringify(each).slice(1, -1))).join('')}"`,
  'XML in decimal numbers': text => Array.from(text, each => (/[&<>"']/.test(each) ? number(each) : each)).join(''),
  'XML in hexadecimal numbers': text =>
    Array.from(text, each => (/[&<>"']/.test(each) ? hexNumber(each) : each)).join(''),
  'XML in ASCII': text => Array.from(entities(text), each => (each > '~' ? number(each) : each)).join(''),
  'XML in ASCII, hexadecimal': text =>
    Array.from(entities(text).replaceAll('"', '&quot;'), each =>
      each > '~' ? hexNumber(each).toUpperCase().replace('X', 'x') : each,
    ).join(''),
  "bash's set -x": text => `'${text.replaceAll("'", `'\\''`)}'`,
  "bash's declare -p": text => `"${text.replaceAll(/["$`\\]/g, String.raw`\$&`)}"`,
  "bash's printf %q": text => text.replaceAll(/[ !"$&'()*,;<>?[\\\]^`{|}]/g, String.raw`\$&`),
  'a string of SQL': text => `'${text.replaceAll("'", "''")}'`,
  'XML, without quotes': text => entities(text),
  "XML's five": text => entities(text).replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
  "Python's html.escape": text => entities(text).replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
  "Go's html.EscapeString": text => entities(text).replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  "PHP's htmlspecialchars": text => entities(text).replaceAll('"', '&quot;').replaceAll("'", '&#039;'),
  'XML with > left': text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  'base64 behind nothing': text => Buffer.from(text).toString('base64'),
  'base64 behind one byte': text => Buffer.from(`x${text}`).toString('base64'),
  'base64 behind two bytes': text => Buffer.from(`xy${text}z`).toString('base64'),
  'base64 of UTF-16': text => Buffer.from(text, 'utf16le').toString('base64'),
  'base64 without padding': text => Buffer.from(text).toString('base64').replaceAll('=', ''),
  'UTF-16 read byte by byte': text => Array.from(text).join('\0'),
  base32: text => base32(Buffer.from(text)),
  'base32 behind two bytes, lower case': text => base32(Buffer.from(`xy${text}z`)).toLowerCase(),
  'letters in numbers, as JSON': text => Array.from(text, unicode).join(''),
  'some letters in numbers, in mixed case': text =>
    Array.from(text, (each, at) =>
      at % 2
        ? unicode(each).replace(/[a-f]/, digit => digit.toUpperCase())
        : each.replaceAll(/[\\"]/g, String.raw`\$&`),
    ).join(''),
  'letters in bytes, as Python and C print them': text => hex(text, same).replaceAll('%', String.raw`\x`),
  'letters in octal': text => Array.from(Buffer.from(text), byte => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  'percent-encoded twice': text => encodeURIComponent(encodeURIComponent(text)),
  'percent-encoded twice, strictly, in lower case': text => strict(strict(text, same), same),
  'JSON within JSON': text => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  'percent-encoded in JSON in numbers': text => Array.from(encodeURIComponent(text), unicode).join(''),
  'every letter an HTML number': text => Array.from(text, number).join(''),
  'every letter an HTML number, hexadecimal with zeros': text =>
    Array.from(text, each => hexNumber(each).replace('x', 'X00')).join(''),
  'HTML twice': text => entities(entities(text).replaceAll('"', '&quot;')),
  'quoted-printable': text =>
    Array.from(Buffer.from(text), byte =>
      byte > 32 && byte < 127 && byte !== 61
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  'quoted-printable with soft line ends': text =>
    (
      hex(text, each => each.toUpperCase())
        .replaceAll('%', '=')
        .match(/.{1,21}/g) ?? []
    ).join('=\r\n'),
  'base64 for URLs': text => Buffer.from(`${text}?`).toString('base64url'),
}

/** By its own rule, as everything here: five bits a letter. */
function base32(bytes: Buffer): string {
  let [text, bits, left] = ['', 0, 0]
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    for (left += 8; left >= 5; left -= 5) text += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[(bits >> (left - 5)) & 31]
  }
  return left > 0 ? text + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[(bits << (5 - left)) & 31] : text
}

const number = (each: string): string => `&#${each.codePointAt(0)};`
const hexNumber = (each: string): string => `&#x${each.codePointAt(0)?.toString(16)};`
const unicode = (each: string): string => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`
const ascii = (text: string): string => text.replaceAll(/[\u0080-\uffff]/g, unicode)
const entities = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

describe.each(Object.entries(ENCODINGS))('%s', (name, encode) => {
  test.each(SECRETS)('of %s is found', secret => {
    const redacted = createRedactor([secret]).redact(`before ${encode(secret)} after`)
    expect(redacted).toContain('[redacted]')
    // At most what base64 mixes with its neighbours, quotes and signs around the value may be left.
    const left = redacted.replace('before ', '').replace(' after', '').replace('[redacted]', '')
    expect(left.length, left).toBeLessThanOrEqual(/^base(?:64|32)/.test(name) ? 8 : 2)
  })
})

test('where somebody shortened a text first, the beginning of a secret goes with it', () => {
  const redactor = createRedactor(['tok-Sup3rS3cretValue'])
  expect(redactor.redact('login failed for tok-Sup3rS3…')).toBe('login failed for [redacted]…')
  expect(redactor.redact('a: tok-Sup…; b: tok-Sup3rS3cretValu…')).toBe('a: [redacted]…; b: [redacted]…')
  expect(redactor.redact('an ordinary word…')).toBe('an ordinary word…')
})

test('a long secret that base64 prints on several lines is gone from each of them', () => {
  const secret = Array.from({length: 40}, (_, at) => `part-${at}`).join('+')
  const redactor = createRedactor([secret])
  for (const width of [76, 64])
    for (const end of ['', '\n']) {
      const lines =
        Buffer.from(secret + end)
          .toString('base64')
          .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
      expect(lines.map(line => redactor.redact(line)).filter(line => line !== '[redacted]' && line.length > 8)).toEqual(
        [],
      )
    }
})

test('text with escapes that mean something else stays as it is', () => {
  const redactor = createRedactor(SECRETS)
  for (const text of [
    '100%25 of a=3D &amp; b',
    String.raw`\u0041\n`,
    'x=1&y=%20',
    '%',
    '&#;',
    '\\',
    '=',
    '&#99999999999;',
    String.raw`\u{110000}`,
  ])
    expect(redactor.redact(text)).toBe(text)
})

test('bytes that are no text do not move what is taken out', () => {
  const secret = 'correct-horse'
  const hex = (mark: string): string => Array.from(Buffer.from(secret), byte => `${mark}${byte.toString(16)}`).join('')
  const redactor = createRedactor([secret])
  for (const [mark, noise] of [
    ['%', '%ff'],
    ['%', '%e2%82'],
    ['=', '=C3'],
    [String.raw`\x`, String.raw`\xf0`],
  ] as const)
    for (const count of [1, 5, 40]) {
      // Upper and lower case mixed, so that it is found by undoing it only.
      const mixed = hex(mark).replace(/6f/, '6F').replace(/2d/, '2D')
      const before = noise.repeat(count)
      expect(redactor.redact(`a ${before}${mixed}${before} b`)).toBe(`a ${before}[redacted]${before} b`)
    }
})
