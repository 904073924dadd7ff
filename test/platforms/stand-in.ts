import {appendFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'

/**
 * Stand-ins for the programs of platforms. Each names, text by text, the document or source that its answers were taken from, and
 * says "searched for and not found" where that is so; none of them is the platform, and nothing here was run against one. What they know is
 * a file beside them.
 */
export interface Answer {
  readonly stdout?: string
  readonly stderr?: string
  readonly code?: number
}

/** The next calls whose arguments have `when` are answered so, instead of being carried out. */
export interface Planned extends Answer {
  readonly when: string
  readonly times: number
}

/** Answers one call of a stand-in program, and keeps what it did to its world. */
export function serveStandIn<World extends object>(
  begin: World,
  answer: (args: readonly string[], world: World) => Answer,
): void {
  const args = process.argv.slice(2)
  const directory = process.env['STAND_IN'] ?? '.'
  appendFileSync(path.join(directory, 'calls'), `${args.join(' ')}\n`)
  const planned = kept<Planned[]>(directory, 'planned', [])
  const next = planned.find(({when, times}) => times > 0 && args.join(' ').includes(when))
  if (next !== undefined) {
    keep(
      directory,
      'planned',
      planned.map(each => (each === next ? {...each, times: each.times - 1} : each)),
    )
    return print(next)
  }
  const world = kept(directory, 'world', begin)
  const answered = answer(args, world)
  keep(directory, 'world', world)
  print(answered)
}

/** The value behind a flag. */
export const flag = (args: readonly string[], name: string): string => args[args.indexOf(name) + 1] ?? ''

function print({stdout = '', stderr = '', code = 0}: Answer): void {
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = code
}

function kept<Kept>(directory: string, name: string, begin: Kept): Kept {
  try {
    return JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as Kept
  } catch {
    return begin
  }
}

const keep = (directory: string, name: string, value: unknown): void =>
  writeFileSync(path.join(directory, name), JSON.stringify(value))

/** For a test: the program under its own name, in a directory of its own. */
export function installStandIn(directory: string, name: string) {
  const own = path.join(directory, name)
  mkdirSync(own)
  const program = path.join(own, name)
  const script = path.join(import.meta.dirname, `${name}.ts`)
  writeFileSync(program, `#!/bin/sh\nSTAND_IN='${own}' exec '${process.execPath}' '${script}' "$@"\n`, {mode: 0o755})
  return {
    program,
    plan: (...planned: readonly Planned[]) => keep(own, 'planned', planned),
    setWorld: (world: object) => keep(own, 'world', world),
    calls: () => readFileSync(path.join(own, 'calls'), 'utf8').trim().split('\n'),
  }
}
