import {execFileSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {randomFrom} from '../../test/program/random.ts'
import {createRedactor} from './redact.ts'

/** What real tools print of a secret that they find in `S`. */
const BASH = `printf 'as it is\\t%s\\n' "$S"
printf 'printf %%q\\t%q\\n' "$S"
printf 'set -x\\t%s\\n' "$( (set -x; : "$S") 2>&1)"
printf 'declare -p\\t%s\\n' "$(declare -p S)"
printf 'expansion @Q\\t%s\\n' "\${S@Q}"
printf 'base64\\t%s\\n' "$(printf %s "$S" | base64 -w0)"
printf 'od\\t%s\\n' "$(printf %s "$S" | od -An -tx1 | tr -d ' \\n')"
`
const PYTHON = `import base64, html, json, os, shlex, urllib.parse as u, xml.sax.saxutils as x
s = os.environ['S']
for name, form in [
    ('json', json.dumps(s)), ('json beyond ASCII', json.dumps(s, ensure_ascii=False)), ('php', json.dumps(s).replace('/', '\\\\/')),
    ('quote', u.quote(s)), ('quote all', u.quote(s, safe='')), ('quote_plus', u.quote_plus(s)), ('urlencode', u.urlencode({'v': s})),
    ('lower case', ''.join(c if c.isascii() and c.isalnum() else ''.join('%%%02x' % b for b in c.encode()) for c in s)),
    ('every byte', ''.join('%%%02X' % b for b in s.encode())),
    ('html', html.escape(s)), ('html without quotes', html.escape(s, quote=False)), ('xml', x.escape(s)), ('xml attribute', x.quoteattr(s)),
    ('xml in ASCII', x.escape(s).encode('ascii', 'xmlcharrefreplace').decode()), ('shlex', shlex.quote(s)), ('sql', s.replace("'", "''")),
    ('hex', s.encode().hex()), ('HEX', s.encode().hex().upper()), ('base64', base64.b64encode(s.encode()).decode()),
    ('in a login', base64.b64encode(('user:' + s).encode()).decode()), ('in a token', base64.urlsafe_b64encode(('ab' + s + '?').encode()).decode())]:
    print(name, form, sep='\\t')
`
const ALPHABET = 'abcXYZ0189!@#$%^&*()_+-={}[]|:;"\'<>,.?/~` \\ß日'.split('')

test('what bash and Python really print of thirty random secrets is found', () => {
  const random = randomFrom(20_261_126)
  const leaks: unknown[] = []
  for (let round = 0; round < 30; round += 1) {
    const middle = Array.from(
      {length: 10 + Math.floor(random() * 12)},
      () => ALPHABET[Math.floor(random() * ALPHABET.length)],
    )
    const secret = `k${middle.join('')}k`
    const redactor = createRedactor([secret])
    const env = {PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', S: secret}
    for (const [program, code] of [
      ['bash', BASH],
      ['python3', PYTHON],
    ] as const)
      for (const line of execFileSync(program, ['-c', code], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      })
        .trimEnd()
        .split('\n'))
        if (!redactor.redact(line).includes('[redacted]')) leaks.push({secret, line})
  }
  expect(leaks).toEqual([])
})
