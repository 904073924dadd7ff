import {spawn} from 'node:child_process'
import {closeSync, existsSync, openSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {freePorts} from '../../src/lab/ports.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {openTerminal} from '../program/terminal.ts'

const WAIT_MS = 90_000

let program: Program
const config = (...services: readonly string[]): void =>
  writeFileSync(
    path.join(program.dir, 'opsconsole.yaml'),
    `environments: [{name: dev}]\nservices:\n${services.map(name => `  - {name: ${name}, interval: 1s, probe: {type: tcp, host: 127.0.0.1, port: 9}}\n`).join('')}`,
  )
beforeAll(() => {
  program = createProgram()
})
afterAll(() => program.remove())

interface Agent {
  readonly pid: number
  /** From now on nobody takes what it writes. */
  unread(): void
  readonly ended: Promise<number | null>
}

const throughFile = (argv: readonly string[]): Agent => {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, argv, {cwd: program.dir, env: program.env, stdio: ['ignore', full, full]})
  closeSync(full)
  return {pid: child.pid ?? 0, unread: () => undefined, ended: new Promise(resolve => child.once('close', resolve))}
}
const throughPipe = (argv: readonly string[]): Agent => {
  const child = spawn(process.execPath, argv, {cwd: program.dir, env: program.env, stdio: ['ignore', 'pipe', 'pipe']})
  const unread = (): void => {
    child.stdout.destroy()
    child.stderr.destroy()
  }
  return {pid: child.pid ?? 0, unread, ended: new Promise(resolve => child.once('exit', resolve))}
}
const throughTerminal = ([, ...args]: readonly string[]): Agent => {
  const seen = openTerminal(program, {args})
  return {pid: seen.pid, unread: () => seen.hangUp(), ended: seen.ended.then(({code}) => code)}
}

test.each([
  ['a file on a disk that is full', throughFile],
  ['a pipe that nobody reads any more', throughPipe],
  ['a terminal that is gone', throughTerminal],
])(
  'an agent that writes its log to %s watches on, takes a new configuration, and ends when it is told to',
  async (_, start) => {
    config('web')
    const [port = 0] = await freePorts(1)
    const agent = start([program.cli, 'agent', '--listen', `127.0.0.1:${port}`])
    const metrics = async (): Promise<string> =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        answer => answer.text(),
        () => '',
      )
    try {
      await until('the agent', async () => (await metrics()).includes('name="web"'), WAIT_MS)
      agent.unread()
      // It says so in its log.
      config('web', 'later')
      await until('the new configuration', async () => (await metrics()).includes('name="later"'), WAIT_MS)
      process.kill(agent.pid, 'SIGTERM')
      expect(await agent.ended).toBe(0)
    } finally {
      try {
        process.kill(agent.pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
  },
)

test('a command whose output cannot be written says why in one line, and fails', async () => {
  config('web')
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [program.cli, 'runs', 'list'], {
    cwd: program.dir,
    env: program.env,
    stdio: ['ignore', full, 'pipe'],
  })
  closeSync(full)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  expect(await new Promise(resolve => child.once('close', resolve))).toBe(1)
  expect(said).toMatch(/^opsconsole: the output cannot be written: .*no space left.*\n$/)
})

test('a console whose terminal is gone without a signal ends without a defect', async () => {
  config('web')
  const [said, code] = ['said', 'code'].map(name => path.join(program.dir, name)) as [string, string]
  const inner = path.join(program.dir, 'inner.sh')
  // In a session of its own it is sent no SIGHUP.
  const seen = openTerminal(program, {
    through: line => {
      writeFileSync(inner, `(${line}) 2>${said}\necho $? >${code}\n`)
      return ['setsid', '-w', 'sh', inner]
    },
  })
  await seen.see(/web\s+✘ down/)
  seen.hangUp()
  const ended = (): string => (existsSync(code) ? readFileSync(code, 'utf8') : '')
  await until('its end', () => ended() !== '', WAIT_MS)
  // Ink shows the cursor again, wherever standard error leads.
  expect({code: ended(), said: readFileSync(said, 'utf8').replace('\x1b[?25h', '')}).toEqual({code: '0\n', said: ''})
})
