import {describe, expect, test} from 'vitest'
import {encodingsOf} from './encodings.ts'
import {dropColour, escapeLine, escapeText} from './escape.ts'
import {lineStream} from './lines.ts'
import {createRedactor, redactAnnounced} from './redact.ts'

const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describe('escaping', () => {
  test.each([
    ['\u001b]0;title\u0007', '^[]0;title^G'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b[2J', '^[[2J'],
    ['\u001b\u001b[1m[3\u001b[0m1mred', 'red'],
    ['a\u009bb', 'a<9b>b'],
    ['a\rb', 'a^Mb'],
    ['a\u202eb', 'a<U+202E>b'],
    ['tab\tx', 'tab  x'],
    ['日本 👍🏽 é', '日本 👍🏽 é'],
    ['\ud800', '\ufffd'],
    ['\u{e0041}', '<U+E0041>'],
    ['a\u3164b', 'a<U+3164>b'],
    ['a\u115fb', 'a<U+115F>b'],
    ['a\u034fb', 'a<U+034F>b'],
    ['a\u2800\uffa0', 'a<U+2800><U+FFA0>'],
    ['a\ufe00b c\ufe0f', 'a<U+FE00>b c<U+FE0F>'],
    ['⚠\ufe0f 1\ufe0f\u20e3', '⚠\ufe0f 1\ufe0f\u20e3'],
    ['a\u{e0100}b\u{1d173}c\u{1bca0}d\u{13430}\ufdd0', 'a<U+E0100>b<U+1D173>c<U+1BCA0>d<U+13430><U+FDD0>'],
    ['\u2066a\u2069 so\u00adft', '<U+2066>a<U+2069> so<U+00AD>ft'],
    ['pay\u200dload', 'pay<U+200D>load'],
    ['👩🏽\u200d🚒 👩\u200d💻', '👩🏽\u200d🚒 👩\u200d💻'],
  ])('%j becomes %j', (from, to) => expect(escapeLine(from)).toBe(to))

  test('random bytes leave no control character', () => {
    let seed = 7
    for (let round = 0; round < 5000; round += 1) {
      const bytes = Buffer.from(
        Array.from({length: 32}, () => ((seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) >> 8) & 255),
      )
      expect(escapeText(bytes.toString('utf8'))).not.toMatch(UNSAFE)
      expect(escapeLine(bytes.toString('latin1'))).not.toMatch(UNSAFE)
    }
  })

  test('colours within colours within colours are dropped in one pass', () => {
    const deep = '\u001b['.repeat(20_000) + 'm'.repeat(20_000)
    expect(dropColour(`a${deep}b`)).toBe('ab')
  })

  test('a long line is cut with an ellipsis and never inside a character', () => {
    expect(escapeLine('👍'.repeat(600), 100)).toMatch(/^(👍)+…$/u)
  })
})

describe('redaction', () => {
  const secrets = [
    'hunter2-correct-horse',
    'p@ss w0rd/with+specials&<>"\'',
    'AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQ',
    'ключ-от-квартиры',
  ]

  test.each(secrets)('%s is found in every encoding at every two-chunk split', secret => {
    const redactor = createRedactor([secret])
    const bytes = Buffer.from(secret)
    const shapes = [
      secret,
      bytes.toString('hex'),
      bytes.toString('base64'),
      Buffer.from(`x${secret}yz`).toString('base64'),
      Buffer.from(`xy${secret}z`).toString('base64url'),
      encodeURIComponent(secret),
      JSON.stringify(secret),
    ]
    for (const shape of shapes) {
      const line = Buffer.from(`before ${shape} after\n`)
      for (let at = 0; at <= line.length; at += 1) {
        const lines: string[] = []
        const stream = lineStream(redactor, text => lines.push(text))
        stream.push(line.subarray(0, at))
        stream.push(line.subarray(at))
        stream.end()
        const all = lines.join('\n')
        expect(all).toContain('[redacted]')
        for (const form of encodingsOf(secret)) if (form.length >= 8) expect(all).not.toContain(form)
      }
    }
  })

  test('a secret in an endless line does not slip through where the line is cut', () => {
    const secret = 'k'.repeat(20) + 'Z'.repeat(4000)
    for (const offset of [0, 16_000, 16_384 - 10, 32_768 - 4000, 32_768]) {
      const lines: string[] = []
      const stream = lineStream(createRedactor([secret]), text => lines.push(text))
      stream.push(Buffer.from('x'.repeat(offset) + secret + 'y'.repeat(40_000)))
      stream.end()
      expect(lines.join('')).not.toContain('Z'.repeat(50))
    }
  })

  test('colour inside a secret does not hide it', () => {
    const lines: string[] = []
    const stream = lineStream(createRedactor(['hunter2-correct-horse']), text => lines.push(text))
    stream.push(Buffer.from('hunter2-\u001b[31mcorrect\u001b[0m-horse\r\n'))
    stream.end()
    expect(lines).toEqual(['[redacted]'])
  })

  test.each([
    ['postgres://app:s3cretpw@db/x', 'postgres://app:[redacted]@db/x'],
    ['Authorization: Bearer abcdefghijkl.mno', 'Authorization: Bearer [redacted]'],
    ['PGPASSWORD=verysecret psql', 'PGPASSWORD=[redacted] psql'],
    ['token ghp_0123456789abcdefghijABCDEFGHIJ', 'token [redacted]'],
    ['nothing to see', 'nothing to see'],
  ])('%s announces its secret', (from, to) => expect(redactAnnounced(from)).toBe(to))
})

test('a lone carriage return ends a line, a split CRLF is one line end', () => {
  const lines: string[] = []
  const stream = lineStream(createRedactor(), text => lines.push(text))
  for (const part of ['10%\r20', '%\r', '\nend\r', '\n']) stream.push(Buffer.from(part))
  stream.end()
  expect(lines).toEqual(['10%', '20%', 'end'])
})
