import {afterAll, afterEach, beforeAll, expect, test} from 'vitest'
import {WINDOW} from '../../src/tui/paint/receipts.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {openTerminal, type TerminalOptions, type TerminalProgram} from '../program/terminal.ts'

const CONFIG = `project: shop
environments: [{name: dev}]
services:
  - {name: nobody, probe: {type: tcp, host: 127.0.0.1, port: 1}, interval: 2s}
`
/** What may come on top of what is let into a link: a row of the picture. */
const ROW = 400
const ASKED = '\x1b]11;?'
/** What a terminal says when it is asked for its background, for the mode that reports changes, and for what it is. */
const REPLIES = '\x1b]11;rgb:ffff/ffff/e0e0\x1b\\\x1b[?2031;0$y\x1b[?62;4c'

let program: Program
let open: TerminalProgram | undefined
beforeAll(() => {
  program = createProgram({config: CONFIG})
})
afterEach(async () => {
  await open?.stop()
  open = undefined
})
afterAll(() => program.remove())

const start = (options: TerminalOptions = {}): TerminalProgram =>
  (open = openTerminal(program, {columns: 80, rows: 24, ...options}))

/** A shell that starts the console, and when it is left says what it reads. */
const shell = (line: string): [string, ...string[]] => [
  'sh',
  '-c',
  `(${line}); echo "left $?"; IFS= read -r typed; echo "the shell reads <$typed>"`,
]

/** Leaves the console to the shell, and waits for what that reads. */
async function expectCleanShell(seen: TerminalProgram): Promise<void> {
  await until('the shell', () => seen.normalScreen().includes('left 0'))
  seen.type('done\r')
  expect(await seen.ended).toEqual({code: 0, signal: 0})
  await until('what the shell reads', () => /the shell reads <.*>/.test(seen.normalScreen()))
  expect(seen.normalScreen()).toContain('the shell reads <done>')
}

test.each([
  ['after they are asked for', (seen: TerminalProgram) => seen.type(`${REPLIES}q`)],
  ['with the key that leaves', (seen: TerminalProgram) => seen.type(`q${REPLIES}`)],
  ['among other keys', (seen: TerminalProgram) => seen.type(`jk${REPLIES}jkq`)],
])('replies of a terminal never stand on the shell: %s', async (_title, answer) => {
  const seen = start({through: shell})
  await until('the question', () => seen.raw().includes(ASKED))
  answer(seen)
  await expectCleanShell(seen)
})

test.each([
  // Its font has no such glyphs.
  ['linux', 'C.UTF-8', /\+- 1 Services/],
  ['screen', 'C.UTF-8', /╭─ 1 Services/],
  ['tmux-256color', 'C.UTF-8', /╭─ 1 Services/],
  ['vt100', 'C', /\+- 1 Services/],
  ['xterm', 'C', /\+- 1 Services/],
])('TERM=%s and LANG=%s: the whole console, keys included', async (term, lang, frame) => {
  const seen = start({env: {TERM: term, LANG: lang, LC_ALL: lang}})
  await seen.see(frame)
  await seen.see(/nobody\s+\S down/)
  seen.press('down', '?')
  await seen.see('Help')
  seen.press('esc')
  await seen.gone('Help')
  seen.press('q')
  expect(await seen.ended).toEqual({code: 0, signal: 0})
  expect({alternate: seen.alternate(), cursor: seen.cursorShown()}).toEqual({alternate: false, cursor: true})
  // oxlint-disable-next-line no-control-regex
  if (lang === 'C') expect(seen.raw()).not.toMatch(/[^\x00-\x7f]/)
  // They would show the questions, or hang in them.
  if (/linux|vt100/.test(term)) expect(seen.raw()).not.toContain(ASKED)
})

test('a terminal of 0 columns, as in `docker exec`: 80 by 24, and its size as soon as it says so', async () => {
  const seen = start({columns: 120, rows: 40, through: line => ['sh', '-c', `stty cols 0 rows 0; ${line}`]})
  await seen.see('1 Services')
  expect(seen.screen().split('\n')[23]).toMatch(/help.*quit/)
  seen.resize(100, 30)
  await until('the footer in the last of 30 rows', () => /help.*quit/.test(seen.screen().split('\n')[29] ?? ''))
  seen.press('q')
  expect(await seen.ended).toEqual({code: 0, signal: 0})
})

test.each([
  ['--slow', ['--slow']],
  ['found to be slow by its first answer', []],
])(
  'a link of 2 KB/s and 600 ms, %s: held keys leave no queue in it, and no answer to the shell',
  async (_title, args) => {
    const seen = start({args, answers: true, through: shell, link: {bytesPerSecond: 2048, delayMs: 300}})
    await seen.see(/help.*quit/)
    await seen.see(/nobody\s+✘ down/)
    // What was written before the terminal had answered is gone.
    await until('an empty link', () => seen.down.lying() < 100)
    seen.down.most()
    for (let pressed = 0; pressed < 60; pressed += 1) {
      seen.press(['1', '0', '2', '0'][pressed % 4] ?? '')
      await new Promise(resolve => setTimeout(resolve, 33))
    }
    seen.press('?')
    await seen.see('Help')
    expect(seen.down.most()).toBeLessThanOrEqual(WINDOW + ROW)
    // In the middle of pictures, and of questions whose answers are on their way.
    seen.press('esc', '1', 'esc', '2', 'q')
    await expectCleanShell(seen)
  },
)

test('--slow: an arrow that arrives in pieces is an arrow, an Esc an Esc', async () => {
  const seen = start({args: ['--slow'], answers: true})
  await seen.see(/nobody\s+✘ down/)
  seen.press('?')
  await seen.see('Help')
  // Each in a write of its own: torn or not, it scrolls, and never leaves.
  for (const piece of ['\x1b', '[', 'B', '\x1b[', 'B']) seen.type(piece)
  seen.type('\x1b')
  await seen.gone('Help')
  await seen.see(/nobody\s+✘ down/)
  seen.press('q')
  expect(await seen.ended).toEqual({code: 0, signal: 0})
})
