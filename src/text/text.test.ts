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

  test.each([20, 4096, 8000])('a secret of %i bytes in an endless line is cut nowhere', length => {
    const secret = Array.from(
      {length},
      (_, at) => 'abcdefghijklmnopqrstuvwxyz0123456789'[(at * at * 7 + (at >> 5)) % 36],
    ).join('')
    const redactor = createRedactor([secret])
    const bytes = Buffer.from(secret)
    const shapes = [secret, bytes.toString('hex'), Array.from(bytes, byte => `%${byte.toString(16)}`).join('')]
    for (const shape of shapes)
      for (const offset of [0, 16_380, 32_768 - 4000, 100_000]) {
        const lines: string[] = []
        const stream = lineStream(redactor, text => lines.push(text))
        const line = Buffer.from('X'.repeat(Math.max(0, offset)) + shape + 'Y'.repeat(length * 40 + 40_000))
        for (let at = 0; at < line.length; at += 65_536) stream.push(line.subarray(at, at + 65_536))
        stream.end()
        expect(lines.join('').replace(/^X*/, '').replace(/Y*$/, '')).toBe('[redacted]')
      }
  })

  test('a token that announces itself is cut nowhere either', () => {
    for (const token of [
      'postgres://app:s3cretpw@db',
      `Authorization: Bearer ${'t0k'.repeat(400)}`,
      `ghp_${'a1'.repeat(20)}`,
    ])
      for (let offset = 31_000; offset < 33_000; offset += 37) {
        const lines: string[] = []
        const stream = lineStream(createRedactor(), text => lines.push(text))
        const line = Buffer.from(`${'x '.repeat(offset / 2)} ${token} ${'y '.repeat(40_000)}`)
        for (let at = 0; at < line.length; at += 4096) stream.push(line.subarray(at, at + 4096))
        stream.end()
        expect(lines.join('').replaceAll(/[xy ]/g, '')).toMatch(
          /^(postgres:\/\/app:\[redacted\]@db|Authorization:Bearer\[redacted\]|\[redacted\])$/,
        )
      }
  })

  test('an endless line is sent on, whatever it says, so that it does not fill the memory', () => {
    for (const text of ['x', 'password=', 'abcdefgh', '%41', '\\u0061']) {
      let held = 0
      const redactor = createRedactor(['abcdefghi', 'a longer one of more words'])
      const watching = {
        ...redactor,
        safeCut: (rest: string) => ((held = Math.max(held, rest.length)), redactor.safeCut(rest)),
      }
      const stream = lineStream(watching, () => undefined)
      const chunk = Buffer.from(text.repeat(1000))
      for (let written = 0; written < 300_000; written += chunk.length) stream.push(chunk)
      expect({text, held: held < 100_000}).toEqual({text, held: true})
    }
  })

  test('a secret of 64 KB is one like every other, and no error says it', () => {
    const secret = Array.from({length: 1000}, (_, at) => `line ${at} of a long key that is no expression`).join('+')
    expect(createRedactor([secret]).redact(`before ${secret} after`)).toBe('before [redacted] after')
  })

  test('in small chunks it is looked at as often as in large ones, give or take the doubling', () => {
    const looks = (size: number): number => {
      let count = 0
      const redactor = createRedactor(['k'.repeat(4096)])
      const counting = {...redactor, safeCut: (text: string) => ((count += 1), redactor.safeCut(text))}
      const stream = lineStream(counting, () => undefined)
      for (let at = 0; at < 1_000_000; at += size) stream.push(Buffer.alloc(size, 'x'))
      return count
    }
    expect(looks(64)).toBeLessThanOrEqual(20)
    expect(looks(65_536)).toBeLessThanOrEqual(20)
  })

  // Each took half a minute and more: an expression with a blank repeated without bound begins anew at each blank.
  test.each([' ', 'bearer ', 'password ', 'a://b:', 'a:', 'ghp_', '&#0', '%4', 'a.b-', '"', '='])(
    'no line of %j keeps it from ending',
    {timeout: 10_000},
    text => {
      const line = `bearer password a://b:${text.repeat(100_000 / text.length)}`
      expect(redactAnnounced(line).length).toBeGreaterThan(0)
      expect(createRedactor(['correct-horse']).redact(line)).toBe(line)
    },
  )

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
    ['github_pat_11ABCDEFG0123456789_abcdefghij', '[redacted]'],
    ['MYSQL_PASSWORD=verysecret mysql', 'MYSQL_PASSWORD=[redacted] mysql'],
    ['{"db_password" : "verysecret"}', '{"db_password" : "[redacted]"}'],
    ['password=[redacted]', 'password=[redacted]'],
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
