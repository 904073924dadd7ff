import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program, until} from '../program/program.ts'
import {openTerminal, type TerminalProgram} from '../program/terminal.ts'

const CONFIG = `project: shop
environments: [{name: dev}]
services:
  - {name: nobody, probe: {type: tcp, host: 127.0.0.1, port: 1}, interval: 2s}
`

let program: Program
/** Sockets and settings of the programs in between; short, as paths of sockets must be. */
let between: string
let open: TerminalProgram | undefined
beforeAll(() => {
  program = createProgram({config: CONFIG})
  between = mkdtempSync(path.join(tmpdir(), 'oc-'))
  writeFileSync(path.join(between, 'screenrc'), 'startup_message off\n')
})
afterEach(async () => {
  endSession()
  await open?.stop()
  open = undefined
})
afterAll(() => {
  program.remove()
  rmSync(between, {recursive: true, force: true})
})

/** A shell that starts the console, and when it is left says what it reads. Its number is kept: with it the session ends. */
const shell = (line: string): string =>
  `echo $$ > ${between}/shell; (${line}); echo "left $?"; IFS= read -r typed; echo "the shell reads <$typed>"; read -r end`

/** What a test that failed left running: a session outlives the terminal it was begun in. */
function endSession(): void {
  try {
    process.kill(Number(readFileSync(path.join(between, 'shell'), 'utf8')), 'SIGKILL')
  } catch {
    // It has ended, as it should.
  }
}

/** Each begins a session of its own and ends with it. */
const programs: readonly (readonly [string, (line: string) => readonly [string, ...string[]]])[] = [
  ['tmux', line => ['tmux', '-S', `${between}/tmux`, '-f', '/dev/null', 'new-session', shell(line)]],
  [
    'screen',
    line => ['env', `SCREENDIR=${between}/screen`, 'screen', '-c', `${between}/screenrc`, 'sh', '-c', shell(line)],
  ],
  [
    'mosh',
    line => [
      'sh',
      '-c',
      // Both ends on this machine, without the way over SSH by which they are usually brought together.
      `set -- $(mosh-server new -i 127.0.0.1 -p 0 -- sh -c "$1" 2>/dev/null | sed -n 's/^MOSH CONNECT //p') &&
       MOSH_KEY=$2 exec mosh-client 127.0.0.1 "$1"`,
      'sh',
      shell(line),
    ],
  ],
]

test.each(programs)(
  '%s in between: the console starts, takes keys, follows a resize, and leaves a shell that reads what is typed and no more',
  async (_name, through) => {
    const seen = (open = openTerminal(program, {columns: 100, rows: 30, answers: true, through}))
    await seen.see(/nobody\s+✘ down/)
    seen.press('?')
    await seen.see('Help')
    seen.press('esc')
    await seen.gone('Help')
    seen.resize(80, 24)
    await until('the whole of the smaller console', () => {
      const lines = seen.screen().split('\n')
      return lines[0]?.startsWith(' DEV') === true && /help.*quit/.test(lines.slice(-2).join(' '))
    })
    seen.press('q')
    // Nothing of the console is left above it, where the program in between has no other screen to go back to.
    await until('the shell alone', () => /^\s*left 0\s*(?:\[0\].*)?$/.test(seen.screen()))
    seen.type('done\r')
    await seen.see(/the shell reads <.*>/)
    expect(seen.screen()).toContain('the shell reads <done>')
    seen.type('\r')
    await seen.ended
    rmSync(path.join(between, 'shell'))
  },
  180_000,
)
