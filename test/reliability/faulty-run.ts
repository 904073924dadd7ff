import {spawn} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, utimesSync} from 'node:fs'
import path from 'node:path'
import {type Program, until} from '../program/program.ts'

/** What a fault does to the operation it hits: see `fault-hook.ts`. */
export interface Fault {
  readonly role: 'starter' | 'runner'
  /** Which operation, from 1; 0: none. */
  readonly at: number
  readonly mode: 'before' | 'torn' | 'short' | 'EIO' | 'ENOSPC'
  /** Every operation from that one on fails, not only that one. */
  readonly lasting?: boolean
}

export interface Shown {
  readonly run: string
  readonly outcome?: string
  readonly exitCode?: number
  readonly endReason: string
  readonly lost: boolean
  readonly lastSeq: number
  readonly steps: readonly {readonly state: string; readonly reason: string; readonly step: {readonly id: string}}[]
  readonly inFlight: readonly string[]
}

/** One operation of a run as the hook saw it. */
export interface Operation {
  readonly number: number
  readonly name: string
  readonly label: string
}

const HOOK = path.join(import.meta.dirname, 'fault-hook.ts')

export const readTrace = (file: string): readonly Operation[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map(line => {
          const [number, name, label] = line.split('\t')
          return {number: Number(number), name: name ?? '', label: label ?? ''}
        })
    : []

/** Runs a command of the program with the hook in front. Resolves when the command has ended, or was killed. */
export function runWithFault(
  program: Program,
  fault: Fault & {readonly trace?: string},
  args: readonly string[],
): Promise<{readonly code: number | null; readonly stdout: string; readonly stderr: string}> {
  const env = {
    ...program.env,
    FAULT_ROLE: fault.role,
    FAULT_AT: String(fault.at),
    FAULT_MODE: fault.mode,
    FAULT_LASTING: fault.lasting ? 'yes' : 'no',
    ...(fault.trace === undefined ? {} : {FAULT_TRACE: fault.trace}),
  }
  const child = spawn(process.execPath, ['--import', HOOK, program.cli, ...args], {cwd: program.dir, env})
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => (stdout += String(chunk)))
  child.stderr.on('data', chunk => (stderr += String(chunk)))
  child.stdin.end()
  return new Promise(resolve => child.once('close', code => resolve({code, stdout, stderr})))
}

export const runsOf = (program: Program): readonly string[] => {
  const directory = path.join(program.stateDir, 'runs')
  return existsSync(directory) ? readdirSync(directory).sort() : []
}

export const truthOf = (program: Program, run: string): readonly string[] => {
  const file = path.join(program.dir, `truth-${run}`)
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : []
}

export async function show(program: Program, run: string): Promise<Shown> {
  const {stdout, stderr} = await program.run('runs', 'show', run, '--json')
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Shown
}

/** Its starter has ended and its runner is gone: a minute later nobody takes it for one that is about to begin. */
function letAge(program: Program, run: string): void {
  const before = Date.now() / 1000 - 120
  utimesSync(path.join(program.stateDir, 'runs', run, 'request.json'), before, before)
}

/** What a person sees once the runner is gone or the run has ended, and nothing of it runs any more. */
export const settledView = (program: Program, run: string): Promise<Shown> =>
  until(
    `run ${run} to stand still`,
    async () => {
      const now = await show(program, run)
      if (now.lastSeq === 0) letAge(program, run)
      const still = now.outcome !== undefined || now.lost
      return still && !now.inFlight.some(line => line.startsWith('still running')) && now
    },
    180_000,
  )

/**
 * Takes a run to its end as a person does who can look at the target: what happened is settled as done, what did not
 * is run again. Returns how often the run was taken up.
 */
export async function recover(
  program: Program,
  run: string,
): Promise<{readonly last: Shown; readonly resumes: number}> {
  for (let resumes = 0; ; resumes += 1) {
    const now = await settledView(program, run)
    if (now.outcome !== undefined) return {last: now, resumes}
    if (resumes > 5) throw new Error(`run ${run} does not come to an end: ${JSON.stringify(now.steps)}`)
    const unknown = now.steps.find(step => step.state === 'unknown')
    if (unknown === undefined) {
      await program.run('runs', 'resume', run)
      continue
    }
    const happened = truthOf(program, run).includes(effectOf(program, run, unknown.step.id))
    const choice = happened ? 'done' : 'rerun'
    const settled = await program.run('runs', 'settle', run, choice, '--reason', 'looked at the target')
    if (settled.code !== 0) throw new Error(`settling ${run} as ${choice}: ${settled.stderr}`)
    await program.run('runs', 'attach', run)
  }
}

/** The line that a step in flight would have left: its undo's when it was being undone. */
function effectOf(program: Program, run: string, step: string): string {
  const journal = readFileSync(path.join(program.stateDir, 'runs', run, 'journal'), 'utf8')
  const starts = journal.matchAll(/"type":"step-started","step":"([^"]+)".*?"phase":"(run|undo)"/g)
  const last = [...starts].findLast(match => match[1] === step)
  return last?.[2] === 'undo' ? `undo ${step}` : step
}
