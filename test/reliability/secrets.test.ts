import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {encodingsOf} from '../../src/text/encodings.ts'
import {dropColour} from '../../src/text/escape.ts'
import {lineStream} from '../../src/text/lines.ts'
import {createRedactor, type Redactor, SHORTEST_SECRET} from '../../src/text/redact.ts'
import {renderCommand} from '../../src/shell/render-command.ts'
import {keptFiles} from '../program/kept-files.ts'
import {createProgram, type Program} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, isFull, seedOr} from './sample.ts'

const FULL = isFull('P2')
const SEED = seedOr(20261122)
const SPLITS = FULL ? Number.POSITIVE_INFINITY : countOf('P2')

const random = randomFrom(SEED)
const ALPHABET =
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*()_+-={}[]|:;"\'<>,.?/~` \\äß日'.split('')
const secretOf = (length: number): string => {
  let text = ''
  while (Buffer.byteLength(text) < length) text += ALPHABET[Math.floor(random() * ALPHABET.length)] ?? 'x'
  // Blanks at the ends are no part of a secret: files and shells drop them.
  return `k${text.slice(1, -1)}k`
}
const PEM = `-----BEGIN PRIVATE KEY-----\n${Array.from({length: 20}, () => Buffer.from(secretOf(48)).toString('base64').slice(0, 64)).join('\n')}\n-----END PRIVATE KEY-----\n`

/** The ways in which tools print a value. */
function shapesOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const inside = (before: string, after: string): Buffer =>
    Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)])
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
    inside('x', 'yz').toString('base64'),
    inside('xy', 'z').toString('base64'),
    inside('user:', '').toString('base64url'),
    encodeURIComponent(secret),
    new URLSearchParams({p: secret}).toString(),
    JSON.stringify({p: secret}),
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;'),
    renderCommand(['curl -u ', ''] as unknown as TemplateStringsArray, [secret]),
    `+ curl -u '${secret.replaceAll("'", `'\\''`)}'`,
    encodeURIComponent(encodeURIComponent(secret)),
    Array.from(secret, each => String.raw`\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    Array.from(secret, each => `&#${each.codePointAt(0)};`).join(''),
    Array.from(bytes, byte => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    Buffer.from(secret, 'utf16le').toString('base64'),
    `\u001b[1m${secret.slice(0, 5)}\u001b[0m${secret.slice(5)}`,
    `${secret.slice(0, 4)}\u001b[3\u001b[0m1m${secret.slice(4)}`,
  ]
}

/** Finds the forms of secrets in lines. The hundreds of forms of a long one are worked out once. */
function leaksOf(secrets: readonly string[]): (lines: readonly string[]) => readonly string[] {
  const forms = secrets.flatMap(secret => encodingsOf(secret)).filter(form => form.length >= SHORTEST_SECRET)
  return lines => {
    const all = lines.join('\n')
    return forms.filter(form => all.includes(form))
  }
}

/** Redaction is a function of the text: what many splits have in common is worked out once, and every split is tried. */
function remembered<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return text => {
    const found = known.get(text) ?? work(text)
    if (known.size > 300) known.clear()
    known.set(text, found)
    return found
  }
}

const remembering = (redactor: Redactor): Redactor => ({
  ...redactor,
  redact: remembered(text => redactor.redact(text)),
  safeCut: remembered(text => redactor.safeCut(text)),
})

const LENGTHS = [8, 9, 12, 16, 31, 64, 255, 1024, 4096]
/** The longest takes minutes at every split: each five of its shapes are a test of their own, so that it can be done in pieces. */
const CASES = LENGTHS.flatMap(length => {
  const secret = secretOf(length)
  const firsts = FULL && length === 4096 ? [0, 5, 10, 15] : [0]
  return firsts.map(first => ({length, secret, first, last: firsts.length > 1 ? first + 4 : 19}))
})

test.each(CASES)(
  `a secret of $length bytes, in the encodings $first to $last, at ${FULL ? 'every two-chunk split' : `${SPLITS} two-chunk splits`} (seed ${SEED})`,
  {timeout: 3_600_000},
  ({length, secret, first, last}) => {
    const redactor = remembering(createRedactor([secret]))
    const leaks = leaksOf([secret])
    let tried = 0
    for (const [number, shape] of shapesOf(secret).entries()) {
      if (number < first || number > last) continue
      // The shape as a whole too, so that a form which the redactor does not know is noticed.
      const plain = dropColour(shape)
      const leaksIn = remembered(all =>
        [...leaks([all]), ...(all.replaceAll('\n', '').includes(plain) ? ['the whole shape'] : [])].join(),
      )
      const filler = number % 2 === 0 ? 0 : 40_000
      const line = Buffer.from(`before ${shape} after\n${'x'.repeat(filler)}${shape}\n`)
      const filled = Buffer.byteLength(`before ${shape} after\n`)
      // Inside the filler every split is like every other.
      const within = (at: number): boolean => at > filled + 20 && at < filled + filler - 20
      const step = Math.max(1, Math.floor(line.length / SPLITS))
      for (let at = Math.floor(random() * step); at <= line.length; at += step) {
        if (within(at) && FULL) continue
        // Standard output and standard error at once, as a command writes them.
        const said: readonly string[][] = [[], []]
        const streams = said.map(lines => lineStream(redactor, text => lines.push(text)))
        for (const stream of streams) stream.push(line.subarray(0, at))
        for (const stream of streams) stream.push(line.subarray(at))
        for (const stream of streams) stream.end()
        tried += 1
        for (const lines of said) {
          const found = leaksIn(lines.join('\n'))
          if (found !== '') expect({shape: number, at, found}).toBe('redacted')
        }
      }
    }
    if (FULL) process.stdout.write(`P2: ${length} bytes, encodings ${first} to ${last}, ${tried} splits\n`)
  },
)

test('single bytes, three chunks, Windows line ends, and lines of a key', () => {
  const redactor = createRedactor([PEM])
  for (const chunk of [1, 7, 64, 1000]) {
    const lines: string[] = []
    const stream = lineStream(redactor, text => lines.push(text))
    const bytes = Buffer.from(`${PEM.replaceAll('\n', '\r\n')}\n${PEM}`)
    for (let at = 0; at < bytes.length; at += chunk) stream.push(bytes.subarray(at, at + chunk))
    stream.end()
    expect(lines.filter(line => PEM.split('\n').some(part => part.length > 30 && line.includes(part)))).toEqual([])
  }
})

const BOOK = `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'leaky', summary: 'Prints what it should not', danger: 'disruptive',
  params: z.object({token: z.string().meta({secret: true})}),
  facts: async ({$}) => ({url: (await $({reads: true})\`cat db.url\`).stdout.trim()}),
  plan: ({params: {token}, facts}) => [
    step({id: 'say', title: 'Say ' + token, why: facts.url, targets: [token, facts.url], confirm: {text: 'Say ' + token + '?', touches: [facts.url]},
      run: async ({$, log, save}) => {
        await $\`cat db.url; cat db.url >&2; echo \${token}; echo \${token} >&2; echo \${token} | base64 -w0; echo; echo \${token} | od -An -tx1 | tr -d ' \\n'; echo\`
        await $\`set -x; : \${token} \${facts.url}\`
        await $({env: {T: token}})\`env; for n in $(seq \${token.length}); do printf %s "\${'$'}{T:$((n-1)):1}"; sleep 0.01; done; echo\`
        log(token + ' ' + facts.url); save('token', token); save('deep', {list: [facts.url]})
      }, undo: async () => { throw new Error('cannot undo with ' + token) }}),
    step({id: 'fail', title: 'Fail', run: async ({$}) => { await $\`echo \${facts.url} \${token} >&2; exit 9\` }}),
  ],
  report: ({facts, saved}) => ({markdown: facts.url + saved.token, json: {facts, saved}}),
})`

let program: Program
const TOKEN = `t0k"e'n ${secretOf(20).replaceAll(/[\\"]/g, 'x')}`
const PASSWORD = 'p4ss-word+with/odd=chars'
beforeAll(() => {
  program = createProgram({
    config: 'project: shop\nenvironments: [{name: dev}]\ndatabases: [{name: shop, url: {file: db.url}}]\n',
  })
  writeFileSync(path.join(program.dir, 'db.url'), `postgres://app:${encodeURIComponent(PASSWORD)}@127.0.0.1:1/shop\n`)
  program.runbook('leaky', BOOK)
})
afterAll(() => program.remove())

const leaks = leaksOf([TOKEN, PASSWORD, encodeURIComponent(PASSWORD)])
const found = (text: string): readonly string[] => leaks([text])

test('a run that prints a declared secret and a secret parameter leaves neither on a screen nor in a file', async () => {
  const junit = path.join(program.dir, 'junit.xml')
  const watched = await program.run('run', 'leaky', '--yes', '-p', `token=${TOKEN}`, '--junit', junit)
  expect({code: watched.code, said: watched.stdout.includes('[redacted]')}).toEqual({code: 4, said: true})
  const run = /run (\d{8}-\d{6}-\w{4})/.exec(watched.stdout)?.[1] as string
  const looks = [
    ['runs', 'attach', run],
    ['runs', 'attach', run, '--json'],
    ['runs', 'show', run],
    ['audit', 'list', '--json'],
  ]
  const seen = new Map([['run', watched.stdout + watched.stderr]])
  for (const args of looks) {
    const {stdout, stderr} = await program.run(...args)
    seen.set(args.join(' '), stdout + stderr)
  }
  for (const {file, bytes} of keptFiles(program.dir))
    if (path.basename(file) !== 'db.url')
      seen.set(path.relative(program.dir, file), bytes.toString('latin1') + bytes.toString('utf8'))
  expect([...seen].filter(([, text]) => found(text).length > 0).map(([what, text]) => [what, found(text)])).toEqual([])
  expect([...seen.keys()].some(file => file.endsWith('report.md'))).toBe(true)
})
