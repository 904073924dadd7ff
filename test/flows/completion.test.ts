import {spawnSync} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {eventually} from '../probe-tools.ts'
import {createProgram, type Program} from '../program/program.ts'
import {openTerminal, type TerminalProgram} from '../program/terminal.ts'

/** A name that would run something where a shell took it for more than a word. */
const HOSTILE = 'x$(touch pwned) `touch pwned`; touch pwned #'
const CONFIG = `environments: [{name: dev}]
services: [{name: web, interval: 1h, probe: {type: tcp, host: 127.0.0.1, port: 9}}]
alerts: {channels: [{type: file, name: pager, path: a.jsonl}, {type: file, name: "${HOSTILE}", path: b.jsonl}]}
`
const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]
const has = (shell: string): boolean => spawnSync('which', [shell]).status === 0

let program: Program
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  program = createProgram({config: CONFIG})
  const bin = path.join(program.dir, 'bin')
  mkdirSync(bin)
  writeFileSync(path.join(bin, 'opsconsole'), `#!/bin/sh\nexec '${process.execPath}' '${program.cli}' "$@"\n`)
  chmodSync(path.join(bin, 'opsconsole'), 0o755)
  env = {...program.env, PATH: `${bin}:${program.env['PATH']}`}
  program.runbook('night', `throw new Error('loaded')`)
  const agent = program.start('agent', '--listen', '127.0.0.1:0')
  await eventually(async () => expect((await program.run('alerts', 'list')).stdout).toMatch(/down/), 40_000)
  agent.kill('SIGTERM')
  await agent.ended
})
afterAll(() => program.remove())

const START: Readonly<Record<Shell, {readonly command: readonly [string, ...string[]]; readonly load: string}>> = {
  bash: {command: ['bash', '--norc', '-i'], load: 'eval "$(opsconsole completion bash)"'},
  zsh: {command: ['zsh', '-f', '-i'], load: 'autoload compinit; compinit -D -u; eval "$(opsconsole completion zsh)"'},
  fish: {command: ['fish', '--no-config'], load: 'opsconsole completion fish | source'},
}

async function open(shell: Shell): Promise<TerminalProgram> {
  const terminal = openTerminal(program, {through: () => START[shell].command, env})
  terminal.type(`${START[shell].load}; echo rea''dy\r`)
  await terminal.see('ready')
  return terminal
}

describe.each(SHELLS.filter(has))('%s, at a terminal', shell => {
  let terminal: TerminalProgram
  beforeAll(async () => {
    terminal = await open(shell)
  })
  afterAll(() => terminal.stop())

  test.each([
    ['opsconsole stat', /opsconsole status/],
    ['opsconsole status --chec', /opsconsole status --check/],
    ['opsconsole alerts test page', /opsconsole alerts test pager/],
    ['opsconsole alerts ack do', /opsconsole alerts ack down:service\/dev\/web/],
    ['opsconsole alerts ack down:se', /opsconsole alerts ack down:service\/dev\/web/],
    ['opsconsole status --env=d', /opsconsole status --env=dev/],
    ['opsconsole plan nig', /opsconsole plan night/],
    ['opsconsole run diagnose -p serv', /opsconsole run diagnose -p service=web/],
    ['opsconsole --config opsconso', /opsconsole --config opsconsole\.yaml/],
  ])('%s and Tab', async (typed, wanted) => {
    terminal.type(`${typed}\t`)
    await terminal.see(wanted)
    // Ctrl-U takes the line away again, in its turn among the keys.
    terminal.type("\u0015clear; echo ne''xt\r")
    await terminal.see(/^next/m)
  })

  test('a hostile name becomes one quoted word and runs nothing', async () => {
    terminal.type('opsconsole alerts test x\t')
    await terminal.see(/touch\\? ?pwned/)
    terminal.press('enter')
    await terminal.see(/delivered/)
    expect(existsSync(path.join(program.dir, 'pwned'))).toBe(false)
  })
})

test('bash quotes what it offers', () => {
  const script = `eval "$(opsconsole completion bash)"
COMP_LINE='opsconsole alerts test '; COMP_POINT=\${#COMP_LINE}; _opsconsole 2>/dev/null
for word in "\${COMPREPLY[@]}"; do eval "printf '<%s>' $word"; done`
  const {stdout} = spawnSync('bash', ['-c', script], {cwd: program.dir, env, encoding: 'utf8'})
  expect(stdout).toBe(`<pager><${HOSTILE}>`)
  expect(existsSync(path.join(program.dir, 'pwned'))).toBe(false)
})
