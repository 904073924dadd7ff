/** Hosts whose runs want the same locks, and what a test does with a run on one of them. */
import path from 'node:path'
import {expect} from 'vitest'
import {isAlive, type ProcessIdentity, processStat} from '../../src/processes/identity.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {truthOf} from './faulty-run.ts'

/** More than anything here takes on a busy machine. */
export const LONG_MS = 120_000

/** Three steps; each waits for its file, so that a test decides when it ends. Undoing leaves a line too. */
const BOOK = `import {runbook, step, z} from 'opsconsole'
const one = id => step({id, title: id.toUpperCase(), why: 'test', targets: [id],
  run: async ({$}) => { await $\`echo \${id} >> "truth-$OPSCONSOLE_RUN"; while [ ! -e "go-\${id}-$OPSCONSOLE_RUN" ]; do sleep 0.02; done\` },
  undo: async ({$}) => { await $\`echo undo \${id} >> "truth-$OPSCONSOLE_RUN"\` }})
  export default runbook({name: 'three', summary: 'Three steps', danger: 'disruptive',
  params: z.object({asks: z.boolean().default(false), lock: z.string()}), locks: ({params}) => [params.lock],
  plan: ({params}) => ['one', 'two', 'three'].map((id, n) =>
    ({...one(id), ...(params.asks && n === 0 ? {confirm: {text: 'Go?', touches: []}} : {})}))})`

export interface HostOptions {
  readonly port?: number | undefined
  readonly role?: string
  readonly database?: string
  readonly expiry?: string
}

/** A host of its own, as far as a state directory makes one; `port` of the PostgreSQL of its shared locks. */
export function createHost({port, role = 'postgres', database = 'postgres', expiry = '3s'}: HostOptions = {}): Program {
  const url = `postgres://${role}@127.0.0.1:${port}/${database}`
  const section = port === undefined ? '' : `sharedLocks: {url: '${url}', leaseDuration: ${expiry}}\n`
  const program = createProgram({config: `project: shop\nenvironments: [{name: dev}]\n${section}`})
  program.runbook('three', BOOK)
  return program
}

export const journalOf = (program: Program, run: string) =>
  readEvents(path.join(program.stateDir, 'runs', run, 'journal')).events

export interface Begun {
  readonly program: Program
  readonly run: string
  readonly runner: ProcessIdentity
}

export async function begin(program: Program, lock: string, ...flags: string[]): Promise<Begun> {
  const args = ['run', 'three', '-p', `lock=${lock}`, '--detach', '--json', '--reason', 'test', ...flags]
  const {stdout, stderr} = await program.run(...args)
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  const first = journalOf(program, run)[0]
  if (first?.type !== 'run-started') throw new Error('it has not begun')
  return {program, run, runner: first.process}
}

export const touch = ({program, run}: Begun, ...steps: string[]): void => {
  for (const step of steps) program.touch(`go-${step}-${run}`)
}
export const reached = (begun: Begun, line: string): Promise<unknown> =>
  until(`${line} of ${begun.run}`, () => truthOf(begun.program, begun.run).includes(line), LONG_MS)

export async function endOf({
  program,
  run,
}: Begun): Promise<{exitCode: number; outcome: string; reason: string; afterwards: readonly string[]}> {
  const end = await until(
    `the end of ${run}`,
    () => journalOf(program, run).find(event => event.type === 'run-ended'),
    LONG_MS,
  )
  if (end.type !== 'run-ended') throw new Error('no end')
  return end
}

export async function holding({program, run}: Begun): Promise<string> {
  const taken = await until(
    `the lock of ${run}`,
    () => journalOf(program, run).find(event => event.type === 'lock-acquired'),
    LONG_MS,
  )
  return taken.type === 'lock-acquired' ? taken.lock : ''
}

export async function stopped({runner}: Begun): Promise<void> {
  process.kill(runner.pid, 'SIGSTOP')
  await until('the runner to stand still', () => processStat(runner.pid)?.state === 'T')
}

export async function killed({runner}: Begun): Promise<void> {
  process.kill(runner.pid, 'SIGKILL')
  await until('the runner to be gone', () => !isAlive(runner))
}

export const released = async (program: Program, lock: string): Promise<void> => {
  expect(await program.run('lock', 'release', lock, '--reason', 'looked at it')).toMatchObject({code: 0})
}

export interface Listed {
  readonly lock: string
  readonly scope: string
  readonly resource: string
  readonly run: string
  readonly step?: string
}
export const listed = async (program: Program): Promise<readonly Listed[]> =>
  JSON.parse((await program.run('lock', 'list', '--json')).stdout) as readonly Listed[]
