import {chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest'
import {processStat} from '../../src/processes/identity.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {openTerminal, type TerminalOptions, type TerminalProgram} from '../program/terminal.ts'

const CONFIG = `project: shop
environments: [{name: dev}, {name: other}]
services:
  - {name: nobody, environment: dev, probe: {type: tcp, host: 127.0.0.1, port: 1}, interval: 2s}
`
const START = path.resolve(import.meta.dirname, '../../bin/start.cjs')
const WORD = 'reconnecting'

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

/** The console as the launcher starts it. */
const start = (options: TerminalOptions = {}): TerminalProgram =>
  (open = openTerminal(program, {
    through: line => ['sh', '-c', line.replace(program.cli, START)],
    columns: 80,
    rows: 24,
    ...options,
  }))

async function leave(seen: TerminalProgram, code = 0): Promise<void> {
  expect(await seen.ended).toEqual({code, signal: 0})
  expect({alternate: seen.alternate(), cursor: seen.cursorShown()}).toEqual({alternate: false, cursor: true})
}

const directory = (): string => path.join(program.stateDir, `screens-${process.geteuid?.()}`)
const kept = (): string => path.join(directory(), '80x24.json')

test('the last screen is kept for its owner alone, as words', async () => {
  const seen = start()
  await seen.see(/nobody\s+✘ down/)
  expect(seen.raw()).not.toContain(WORD)
  seen.press('q')
  await leave(seen)
  expect(readdirSync(directory())).toEqual(['80x24.json'])
  expect([directory(), kept()].map(file => statSync(file).mode & 0o777)).toEqual([0o700, 0o600])
  expect(readFileSync(kept(), 'utf8')).not.toMatch(/\\u001b|[\u0000-\u0009\u000b-\u001f]/)
})

test('the next start shows it before anything is loaded, with its age; keys typed meanwhile are kept', async () => {
  const seen = start()
  await until('the early picture', () => seen.raw().includes(WORD))
  seen.press('7')
  await seen.see('╭─ Databases')
  const [early = '', live = ''] = seen.raw().split('\x1b[?2026h')
  expect(early).toContain(WORD)
  expect(early).toMatch(/this is the screen of \d+ s ago/)
  expect(early).toContain('nobody')
  // Dimmed, whatever it was.
  expect(early).not.toMatch(/\x1b\[[^m]*3\dm/)
  expect(live).not.toContain('\x1b[?1049h')
  seen.press('q')
  await leave(seen)
  expect(seen.normalScreen()).toBe('')
})

/** The launcher before a program that is never loaded. */
function launcherAlone(): string {
  const place = path.join(program.dir, 'alone')
  cpSync(path.dirname(START), path.join(place, 'bin'), {recursive: true})
  mkdirSync(path.join(place, 'dist'))
  writeFileSync(path.join(place, 'dist/cli.mjs'), 'setInterval(() => undefined, 1000)')
  return path.join(place, 'bin/start.cjs')
}

test('a signal while nothing else is loaded gives the terminal back as it was', async () => {
  const launcher = launcherAlone()
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    // The shell keeps the terminal and says how it was left.
    const seen = start({
      through: line => ['sh', '-c', `(${line.replace(program.cli, launcher)}); echo "left $?"; stty -a`],
    })
    const child = await until('the program', () => Number(childrenOf(seen.pid)) || undefined)
    await seen.see(WORD)
    process.kill(child, 'SIGTSTP')
    await until('it to stand still', () => processStat(child)?.state === 'T')
    await until('the normal screen', () => !seen.alternate() && seen.cursorShown())
    process.kill(child, 'SIGCONT')
    await seen.see(WORD)
    process.kill(child, signal)
    await seen.ended
    expect(seen.normalScreen()).toContain(`left ${code}`)
    expect(seen.normalScreen()).toMatch(/\sicanon\s[^]*\secho\s/)
    expect({alternate: seen.alternate(), cursor: seen.cursorShown()}).toEqual({alternate: false, cursor: true})
  }
})

const childrenOf = (pid: number): string => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()

test('a terminal that takes nothing at that moment gets no picture, and the console all the same', async () => {
  const hook = path.join(program.dir, 'takes-nothing.cjs')
  writeFileSync(
    hook,
    `const fs = require('node:fs')
const write = fs.writeSync
fs.writeSync = (descriptor, ...given) => {
  if (descriptor !== 1) return write(descriptor, ...given)
  fs.writeSync = write
  throw Object.assign(new Error('EAGAIN'), {code: 'EAGAIN'})
}`,
  )
  const seen = start({
    through: line => ['sh', '-c', line.replace(`'${program.cli}'`, `--require '${hook}' '${START}'`)],
  })
  await seen.see(/nobody\s+✘ down/)
  expect(seen.raw()).not.toContain(WORD)
  // Signals are the console's own: it ends in order, and not as the launcher alone would.
  seen.signal('SIGTERM')
  await leave(seen)
})

test('a terminal of another size and another environment get no picture', async () => {
  for (const options of [{columns: 81}, {args: ['--env', 'other']}, {args: ['--ascii']}]) {
    const seen = start(options)
    await seen.see('Services')
    expect(seen.raw()).not.toContain(WORD)
    await seen.stop()
  }
})

test('a picture that others could have written is not shown', async () => {
  chmodSync(kept(), 0o644)
  const seen = start()
  await seen.see('Services')
  expect(seen.raw()).not.toContain(WORD)
  chmodSync(kept(), 0o600)
})

test('what stands in the file controls no terminal; a start that fails says why on the normal screen', async () => {
  const picture = JSON.parse(readFileSync(kept(), 'utf8')) as {lines: string[]}
  writeFileSync(kept(), JSON.stringify({...picture, lines: ['\x1b]0;owned\x07 words', '\x9b2J', '\u202ereversed']}))
  writeFileSync(path.join(program.dir, 'opsconsole.yaml'), 'project: [')
  const seen = start()
  await leave(seen, 2)
  expect(seen.raw()).toContain(WORD)
  expect(seen.raw()).not.toMatch(/\x1b\]|\x07|\x9b|\u202e/)
  expect(seen.normalScreen()).toContain('opsconsole.yaml')
})
