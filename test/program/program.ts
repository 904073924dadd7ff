import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'

/** The program as a person has it: the built one, its own state directory, its own configuration. */
export interface Program {
  readonly dir: string
  readonly stateDir: string
  /** The program's entry, for starting it in another way. */
  readonly cli: string
  readonly env: Readonly<Record<string, string>>
  /** Runs a command to its end, without a terminal. */
  run(...args: readonly string[]): Promise<Ended>
  start(...args: readonly string[]): Started
  runbook(name: string, text: string): void
  /** Makes an empty file in the program's directory. */
  touch(name: string): void
  remove(): void
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** Standard output so far. */
  output(): string
  /** Standard error so far. */
  errors(): string
  kill(signal: NodeJS.Signals): void
}

const ROOT = path.resolve(import.meta.dirname, '../..')
export const CLI = ['dist/cli.mjs', 'src/cli.ts']
  .map(file => path.join(ROOT, file))
  .find(file => existsSync(file)) as string

export interface ProgramOptions {
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
}

export function createProgram({config, env}: ProgramOptions = {}): Program {
  const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-flow-'))
  const stateDir = path.join(dir, 'state')
  mkdirSync(path.join(dir, 'runbooks'))
  writeFileSync(path.join(dir, 'opsconsole.yaml'), config ?? 'project: shop\nenvironments: [{name: dev}]\n')
  const all = {PATH: process.env['PATH'] ?? '', HOME: dir, OPSCONSOLE_STATE_DIR: stateDir, ...env}
  const start = (...args: readonly string[]): Started => {
    const child = spawn(process.execPath, [CLI, ...args], {cwd: dir, env: all, stdio: ['ignore', 'pipe', 'pipe']})
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', chunk => (stdout += String(chunk)))
    child.stderr.on('data', chunk => (stderr += String(chunk)))
    const ended = new Promise<Ended>(resolve =>
      child.once('close', (code, signal) => resolve({code, signal, stdout, stderr})),
    )
    return {
      pid: child.pid as number,
      ended,
      output: () => stdout,
      errors: () => stderr,
      kill: signal => void child.kill(signal),
    }
  }
  return {
    dir,
    stateDir,
    cli: CLI,
    env: all,
    start,
    run: (...args) => start(...args).ended,
    runbook: (name, text) => writeFileSync(path.join(dir, 'runbooks', `${name}.ts`), text),
    touch: name => writeFileSync(path.join(dir, name), ''),
    remove: () => rmSync(dir, {recursive: true, force: true}),
  }
}

/** Events of `run --json` or `runs attach --json`, without the output lines. */
export function eventsOf(stdout: string): readonly (Record<string, unknown> & {type: string})[] {
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown> & {type: string})
    .filter(event => event.type !== 'output')
}

/**
 * Waits until something holds, looking often; fails with what it waited for. Between two looks it rests twice as long as
 * a look takes: a command that is asked again and again must not take the time of what it waits for.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 60_000,
): Promise<T> {
  const deadline = performance.now() + ms
  for (;;) {
    const began = performance.now()
    const found = await look()
    if (found !== undefined && found !== false) return found
    const now = performance.now()
    if (now > deadline) throw new Error(`waited ${ms} ms for ${what}`)
    await new Promise(resolve => setTimeout(resolve, Math.max(25, 2 * (now - began))))
  }
}
