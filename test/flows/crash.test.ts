import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, isFull, seedOr} from '../reliability/sample.ts'

const KILLS = countOf('R1')
const SEED = seedOr(20261122)

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('twelve', TWELVE)
  program.runbook('long', LONG)
})
afterAll(() => program.remove())

const TWELVE = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'twelve', summary: 'Twelve appends', danger: 'disruptive', locks: () => ['twelve'],
  plan: ({run}) => Array.from({length: 12}, (_, n) => step({id: 's' + n, title: 'Append ' + n,
    run: async ({$}) => { await $\`sleep 0.0\${n % 3}; echo \${n} >> truth-\${run}; sleep 0.01\` }}))})`
/** Waits for a file, so that a test decides when its command ends. */
const LONG = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'long', summary: 'Long', danger: 'disruptive', locks: () => ['long'],
  plan: ({run}) => [step({id: 'wait', title: 'Wait', run: async ({$}) => { await $\`echo began; while [ ! -e go-\${run} ]; do sleep 0.02; done; echo ended\` }})]})`

const journalOf = (run: string): string => path.join(program.stateDir, 'runs', run, 'journal')
const truthOf = (run: string): string[] => {
  const file = path.join(program.dir, `truth-${run}`)
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : []
}

async function startDetached(runbook: string): Promise<{run: string; pid: number}> {
  const {stdout, stderr} = await program.run('run', runbook, '--yes', '--detach', '--json')
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  const started = readEvents(journalOf(run)).events[0]
  return {run, pid: started?.type === 'run-started' ? started.process.pid : 0}
}

/** Waits until the runner is gone, then says what a person would be told. */
async function shown(
  run: string,
): Promise<{outcome?: string; lost: boolean; steps: {state: string; step: {id: string}}[]; inFlight: string[]}> {
  return JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as Awaited<ReturnType<typeof shown>>
}

test(`the runner killed at ${KILLS} random moments (seed ${SEED}): nothing runs twice, nothing is lost, nothing is guessed`, {
  timeout: isFull('R1') ? 7_200_000 : 240_000,
}, async () => {
  const random = randomFrom(SEED)
  for (let round = 0; round < KILLS; round += 1) {
    const {run, pid} = await startDetached('twelve')
    await new Promise(resolve => setTimeout(resolve, random() * 700))
    try {
      process.kill(pid, 'SIGKILL')
    } catch {}
    for (let resumed = 0; ; resumed += 1) {
      const view = await until('the runner to be gone', async () => {
        const now = await shown(run)
        return (now.lost || now.outcome !== undefined) && now
      })
      if (view.outcome !== undefined) break
      expect(resumed).toBeLessThan(3)
      await settleByTruth(run, view)
    }
    expect(truthOf(run), `round ${round}, run ${run}`).toEqual(Array.from({length: 12}, (_, n) => String(n)))
    expect(readRunState(journalOf(run), run).outcome).toBe('done')
  }
})

/** What a person does who can look at the target: done when it happened, again when it did not. */
async function settleByTruth(run: string, view: Awaited<ReturnType<typeof shown>>): Promise<void> {
  const unknown = view.steps.filter(step => step.state === 'unknown').map(step => step.step.id)
  expect(unknown.length).toBeLessThanOrEqual(1)
  const finished = view.steps.filter(step => step.state === 'done').map(step => step.step.id.slice(1))
  // A command of the step in flight goes on when its runner dies: wait for its end before looking at the truth.
  await until(
    'the command in flight to end',
    async () => !(await shown(run)).inFlight.some(line => line.startsWith('still running')),
  )
  expect(truthOf(run)).toEqual(expect.arrayContaining(finished))
  if (unknown.length === 0) {
    await program.run('runs', 'resume', run)
    return
  }
  const happened = truthOf(run).includes((unknown[0] as string).slice(1))
  const settled = await program.run(
    'runs',
    'settle',
    run,
    happened ? 'done' : 'rerun',
    '--reason',
    'looked at the file',
  )
  expect(settled.stderr).toBe('')
  await program.run('runs', 'attach', run)
}

async function letEnd(run: string): Promise<void> {
  writeFileSync(path.join(program.dir, `go-${run}`), '')
  await until('the command to end', async () => (await shown(run)).inFlight[0]?.includes('exit code 0'))
}

test('a command goes on when its runner dies; the run is unknown, its lock is kept, and resuming waits for it', async () => {
  const {run, pid} = await startDetached('long')
  await until('the command', () => readEvents(journalOf(run)).events.some(event => event.type === 'command-process'))
  process.kill(pid, 'SIGKILL')
  const view = await until('the runner to be gone', async () => {
    const now = await shown(run)
    return now.lost && now
  })
  expect(view.steps[0]?.state).toBe('unknown')
  expect(view.inFlight[0]).toMatch(/^still running as process \d+/)
  const early = await program.run('runs', 'resume', run)
  expect({code: early.code, said: early.stderr.includes('still running')}).toEqual({code: 9, said: true})
  expect(early.stderr).toContain('Wait for it to end, or stop that process, then resume.')
  const other = await program.run('run', 'long', '--yes', '--json')
  expect(eventsOf(other.stdout).at(-1)).not.toHaveProperty('alone')
  expect({code: other.code, said: other.stdout.includes('nobody knows whether it happened')}).toEqual({
    code: 6,
    said: true,
  })
  await letEnd(run)
  expect((await program.run('runs', 'resume', run)).code).toBe(9)
  expect((await program.run('runs', 'settle', run, 'done')).code).toBe(2)
  expect((await program.run('runs', 'settle', run, 'done', '--reason', 'its exit code says so')).code).toBe(0)
  expect((await program.run('runs', 'attach', run)).code).toBe(0)
})

test('a changed runbook is refused when a run is resumed, and the override is audited', async () => {
  const {run, pid} = await startDetached('long')
  await until('the command', () => readEvents(journalOf(run)).events.some(event => event.type === 'command-process'))
  process.kill(pid, 'SIGKILL')
  program.runbook('long', `${LONG}\n// changed`)
  await letEnd(run)
  const refused = await program.run('runs', 'settle', run, 'done', '--reason', 'x')
  expect({code: refused.code, said: refused.stderr.includes('changed since the run began')}).toEqual({
    code: 7,
    said: true,
  })
  // What changed, line by line, and both ways out.
  expect(refused.stderr).toMatch(/long\.ts:\n@ line \d+\n(?: {2}.*\n)*\+ \/\/ changed\n/)
  expect(refused.stderr).toMatch(/Put the old file back, or accept the new one with --override/)
  expect((await program.run('runs', 'resume', run, '--override')).code).toBe(2)
  const resumed = program.start('runs', 'resume', run, '--override', '--reason', 'comment only', '--detach')
  expect((await resumed.ended).code).toBe(0)
  const question = await until('the question', () => readRunState(journalOf(run), run).prompt)
  expect((await program.run('runs', 'answer', run, question.id, 'done', '--reason', 'exit code')).code).toBe(0)
  expect((await program.run('runs', 'attach', run)).code).toBe(0)
  expect((await program.run('audit', 'list', '--run', run, '--json')).stdout).toContain('comment only')
})

const RACERS = isFull('R4') ? 20 : 5
const RACES = countOf('R4')

test(`${RACERS} processes race to resume one run, ${RACES} times: one wins, the others are told who works on it`, {
  timeout: isFull('R4') ? 7_200_000 : 120_000,
}, async () => {
  program.runbook('long', LONG)
  for (let race = 0; race < RACES; race += 1) {
    const {run, pid} = await startDetached('long')
    await until('the command', () => readEvents(journalOf(run)).events.some(event => event.type === 'command-process'))
    process.kill(pid, 'SIGKILL')
    await letEnd(run)
    const ends = await Promise.all(Array.from({length: RACERS}, () => program.run('runs', 'resume', run, '--detach')))
    expect(ends.map(end => end.code ?? -1).sort((a, b) => a - b)).toEqual([
      0,
      ...Array.from({length: RACERS - 1}, () => 6),
    ])
    for (const end of ends.filter(each => each.code === 6)) expect(end.stderr).toContain(`works on run ${run}`)
    const question = await until('the question', () => readRunState(journalOf(run), run).prompt)
    await program.run('runs', 'answer', run, question.id, 'abort')
    expect((await program.run('runs', 'attach', run)).code).not.toBe(0)
  }
})
