import {execFileSync, spawn} from 'node:child_process'
import {closeSync, openSync, writeSync} from 'node:fs'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {processStat} from '../../src/processes/identity.ts'
import {expectSoundTrail, FLIPS} from '../program/lab-program.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {openTerminal, type TerminalOptions, type TerminalProgram} from '../program/terminal.ts'
import {seedOr} from '../reliability/sample.ts'

const SEED = seedOr(1)
const CONFIG = `project: shop
environments: [{name: dev}]
services:
  - {name: nobody, probe: {type: tcp, host: 127.0.0.1, port: 1}, interval: 2s}
`
const GREET = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'greet', summary: 'Says hello', danger: 'disruptive',
  plan: () => [step({id: 'a', title: 'Say it', confirm: 'Say hello?', run: async ({$}) => { await $\`echo hello\` }})]})`

let program: Program
let open: TerminalProgram | undefined
beforeAll(async () => {
  program = createProgram({config: CONFIG})
  program.runbook('greet', GREET)
  expect(await program.run('run', 'greet', '--yes')).toMatchObject({code: 0})
})
afterEach(async () => {
  await open?.stop()
  open = undefined
})
afterAll(() => program.remove())

const start = (options: TerminalOptions = {}): TerminalProgram => (open = openTerminal(program, options))

describe('where nobody can be asked there is no console, but words and the right exit code', () => {
  const ALTERNATE = '\x1b[?1049h'
  test.each([
    ['CI=true', {CI: 'true'}],
    ['TERM=dumb', {TERM: 'dumb'}],
  ])('on a terminal with %s: the help', async (_title, env) => {
    const seen = start({env})
    expect(await seen.ended).toEqual({code: 0, signal: 0})
    expect(seen.raw()).toContain('usage: opsconsole')
    expect(seen.raw()).not.toContain(ALTERNATE)
  })

  test('without a terminal: the help, without a control character', async () => {
    const ended = await program.run()
    expect(ended).toMatchObject({code: 0, stderr: ''})
    expect(ended.stdout).toContain('usage: opsconsole')
    expect(ended.stdout).not.toMatch(/[^\n\x20-\uffff]/)
  })

  test.each([
    ['status', ['status'], 0],
    ['a question without --yes', ['run', 'greet'], 7],
    ['the same with --yes', ['run', 'greet', '--yes'], 0],
    ['an unknown command', ['nonsense'], 2],
  ])('CI=true on a terminal: %s ends by itself', async (_title, args, code) => {
    const seen = start({args, env: {CI: 'true'}})
    expect(await seen.ended).toEqual({code, signal: 0})
    expect(seen.raw()).not.toContain(ALTERNATE)
  })

  test('standard input that never ends does not hold a question: refused with 7', async () => {
    const child = spawn(process.execPath, [program.cli, 'run', 'greet'], {
      cwd: program.dir,
      env: program.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    expect(await new Promise(resolve => child.once('close', resolve))).toBe(7)
  })
})

/** The frame fills the terminal exactly: header first, footer last, nothing left over from before. */
async function expectWholeFrame(seen: TerminalProgram): Promise<void> {
  await until(`a whole frame in\n${seen.screen()}`, () => {
    const lines = seen.screen().split('\n')
    const headers = lines.filter(line => line.startsWith(' DEV')).length
    return lines[0]?.startsWith(' DEV') === true && headers === 1 && /quit|help/.test(lines.at(-1) ?? '')
  })
  expect(seen.alternate()).toBe(true)
}

/** Whether the terminal reads lines and shows them, as a shell wants it. */
const readsLines = (seen: TerminalProgram): boolean => {
  const terminal = openSync(`/proc/${seen.pid}/fd/0`, 'r')
  try {
    return /\sicanon\s[^]*\secho\s/.test(
      execFileSync('stty', ['-a'], {stdio: [terminal, 'pipe', 'pipe'], encoding: 'utf8'}),
    )
  } finally {
    closeSync(terminal)
  }
}

async function leave(seen: TerminalProgram): Promise<void> {
  seen.press('q')
  expect(await seen.ended).toEqual({code: 0, signal: 0})
  expect({alternate: seen.alternate(), cursor: seen.cursorShown()}).toEqual({alternate: false, cursor: true})
}

describe('any terminal', () => {
  test.each([
    [60, 15],
    [80, 24],
    [200, 60],
  ])('%d×%d: a whole frame, and the screen as it was afterwards', async (columns, rows) => {
    const seen = start({columns, rows})
    await seen.see(/nobody\s+✘ down/)
    await expectWholeFrame(seen)
    seen.press('6', '?')
    await seen.see('Help')
    seen.press('esc')
    await seen.gone('Help')
    seen.press('0')
    await seen.see(/Services/)
    await leave(seen)
    expect(seen.normalScreen()).toBe('')
  })

  test('stopped from outside it gives the terminal back, and continued it stands there whole, keys included', async () => {
    const seen = start({columns: 80, rows: 24})
    await seen.see(/nobody\s+✘ down/)
    await until('keys to be read', () => !readsLines(seen))
    seen.signal('SIGTSTP')
    await until('it to stand still', () => processStat(seen.pid)?.state === 'T')
    await until('the normal screen', () => !seen.alternate() && seen.cursorShown())
    expect(readsLines(seen)).toBe(true)
    seen.signal('SIGCONT')
    await expectWholeFrame(seen)
    expect(readsLines(seen)).toBe(false)
    seen.press('?')
    await seen.see('Help')
    seen.press('esc')
    await seen.gone('Help')
    await leave(seen)
  })

  test('stopped without being told, it takes the terminal again from whoever had it', async () => {
    const seen = start({columns: 80, rows: 24})
    await seen.see(/nobody\s+✘ down/)
    await until('keys to be read', () => !readsLines(seen))
    seen.signal('SIGSTOP')
    await until('it to stand still', () => processStat(seen.pid)?.state === 'T')
    const terminal = openSync(`/proc/${seen.pid}/fd/0`, 'r+')
    execFileSync('stty', ['sane'], {stdio: [terminal, 'ignore', 'ignore']})
    writeSync(terminal, '\x1b[?1049l\x1b[?25h$ words of a shell')
    closeSync(terminal)
    await seen.see('words of a shell')
    seen.signal('SIGCONT')
    await expectWholeFrame(seen)
    expect(readsLines(seen)).toBe(false)
    await leave(seen)
  })

  test(`50 resizes while keys are pressed: whole frames, no garbage, exit 0 (seed ${SEED})`, async () => {
    const seen = start({columns: 80, rows: 24})
    await seen.see(/nobody\s+✘ down/)
    const random = randomFrom(SEED)
    for (let count = 0; count < 50; count += 1) {
      seen.resize(20 + Math.floor(random() * 180), 5 + Math.floor(random() * 55))
      if (count % 5 === 0) seen.press('j', 'k')
      await new Promise(resolve => setTimeout(resolve, random() * 30))
    }
    for (const [columns, rows] of [
      [60, 15],
      [120, 40],
    ] as const) {
      seen.resize(columns, rows)
      await seen.see(columns === 60 ? /^ DEV/ : '2 Alerts')
      const fresh = openTerminal(program, {columns, rows})
      await fresh.see(/nobody\s+✘ down/)
      const shape = (screen: string): string => screen.replaceAll(/[^─│╭╮╰╯━\n]/g, ' ').replaceAll(/ +(?=\n|$)/g, '')
      await until('the shape of a fresh console', () => shape(seen.screen()) === shape(fresh.screen()))
      await fresh.stop()
      await expectWholeFrame(seen)
    }
    await leave(seen)
    expect(seen.normalScreen()).toBe('')
  })

  test.each([
    [1, 1],
    [10, 3],
  ])('%d×%d holds no console, but is no reason to fall', async (columns, rows) => {
    const seen = start({columns, rows})
    await until('some output', () => seen.raw().includes('\x1b[?1049h'))
    seen.resize(80, 24)
    await seen.see(/nobody\s+✘ down/)
    await leave(seen)
  })
})

test('--read-only: whatever changes anything is refused, by key and by command', async () => {
  const seen = start({args: ['--read-only'], columns: 120, rows: 40})
  await seen.see(/nobody\s+✘ down/)
  await seen.see('READ-ONLY')
  seen.press('r')
  await seen.see('type to find')
  seen.type('greet')
  seen.press('enter')
  await seen.question('Plan: greet')
  for (const key of ['s', 'enter', 'D', '?']) seen.press(key)
  await seen.see('Help')
  seen.press('esc')
  await seen.see('Plan: greet')
  expect(seen.screen()).not.toContain('Start greet?')
  const before = JSON.parse((await program.run('runs', 'list', '--json')).stdout) as unknown[]
  seen.press('esc')
  await seen.see('› greet')
  seen.press('esc')
  await seen.gone('› greet')
  seen.press('esc')
  await seen.see('1 Services')
  await leave(seen)
  expect(await program.run('run', 'greet', '--yes', '--read-only')).toMatchObject({code: 7})
  const runs = JSON.parse((await program.run('runs', 'list', '--json')).stdout) as unknown[]
  expect(runs).toHaveLength(before.length)
})

test(`the trail of all this verifies, and a flipped byte is found and named (${FLIPS})`, () =>
  expectSoundTrail(program))
