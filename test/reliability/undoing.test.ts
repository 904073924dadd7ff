import {writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {settledView, truthOf} from './faulty-run.ts'

/** Its third step fails; undoing its first waits for a file, so that a test decides when the runner dies. */
const BOOK = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'back', summary: 'Fails and goes back', danger: 'disruptive', locks: () => ['back'],
  plan: ({run}) => [
    step({id: 'one', title: 'One', run: async ({$}) => { await $\`echo one >> truth-\${run}\` },
      undo: async ({$}) => { await $\`while [ ! -e go-\${run} ]; do sleep 0.02; done; echo undo one >> truth-\${run}\` }}),
    step({id: 'two', title: 'Two', run: async ({$}) => { await $\`echo two >> truth-\${run}\` },
      undo: async ({$}) => { await $\`echo undo two >> truth-\${run}\` }}),
    step({id: 'three', title: 'Three', run: async ({$}) => { await $\`echo three >> truth-\${run}; exit 1\` }}),
  ]})`
const ASKS = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'asks', summary: 'Asks before it starts', danger: 'destructive',
  plan: ({run}) => [step({id: 'a', title: 'A', run: async ({$}) => { await $\`echo a >> truth-\${run}\` }})]})`

let program: Program
beforeAll(() => {
  program = createProgram({config: 'project: shop\nenvironments: [{name: dev, protected: true}]\n'})
  program.runbook('back', BOOK)
  program.runbook('asks', ASKS)
})
afterAll(() => program.remove())

const journalOf = (run: string) => readEvents(path.join(program.stateDir, 'runs', run, 'journal')).events

async function start(runbook: string, ...flags: string[]): Promise<{readonly run: string; readonly pid: number}> {
  const {stdout, stderr} = await program.run('run', runbook, '--detach', '--json', ...flags)
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  const first = journalOf(run)[0]
  return {run, pid: first?.type === 'run-started' ? first.process.pid : 0}
}

/** Kills the runner while the first step is being taken back, and lets what is in flight come to its end. */
async function dieUndoing(): Promise<string> {
  const {run, pid} = await start('back', '--yes', '--confirm', 'dev')
  await until(
    'the undo of one',
    () =>
      truthOf(program, run).includes('undo two') &&
      journalOf(run).filter(event => event.type === 'command-process').length === 5,
  )
  process.kill(pid, 'SIGKILL')
  const view = await until('the runner to be gone', async () => {
    const now = JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as {
      lost: boolean
      steps: {state: string}[]
    }
    return now.lost && now
  })
  expect(view.steps.map(step => step.state)).toEqual(['unknown', 'undone', 'failed'])
  return run
}

const FORTH = ['one', 'two', 'three']

test.each([
  ['done', [...FORTH, 'undo two', 'undo one']],
  ['rerun', [...FORTH, 'undo two', 'undo one', 'undo one']],
])(
  'a runner killed while it undoes keeps its lock; settled as %s it goes on undoing and runs no step again',
  async (choice, truth) => {
    const run = await dieUndoing()
    const other = await program.run('run', 'back', '--yes', '--confirm', 'dev')
    expect({code: other.code, said: other.stdout.includes(`opsconsole runs settle ${run}`)}).toEqual({
      code: 6,
      said: true,
    })
    writeFileSync(path.join(program.dir, `go-${run}`), '')
    await settledView(program, run)
    expect((await program.run('runs', 'settle', run, choice, '--reason', 'looked')).stderr).toBe('')
    const attached = await program.run('runs', 'attach', run)
    expect({code: attached.code, truth: truthOf(program, run)}).toEqual({code: 3, truth})
    expect(JSON.parse((await program.run('lock', 'list', '--json')).stdout)).toEqual([])
  },
)

test('a run killed while it waits for its start has started nothing, and asks again when it is taken up', async () => {
  const {run, pid} = await start('asks', '--console')
  await until('the question', () => journalOf(run).some(event => event.type === 'prompt-opened'))
  process.kill(pid, 'SIGKILL')
  await settledView(program, run)
  expect((await program.run('runs', 'resume', run, '--detach')).code).toBe(0)
  const asked = await until('the question again', () => {
    const after = journalOf(run)
    const resumed = after.findIndex(event => event.type === 'run-resumed')
    return resumed >= 0 && after.slice(resumed).find(event => event.type === 'prompt-opened')
  })
  expect(truthOf(program, run)).toEqual([])
  if (asked.type !== 'prompt-opened') throw new Error('no question')
  expect(asked.prompt.type).toBe('dev')
  await program.run('runs', 'answer', run, asked.prompt.id, 'no')
  expect((await program.run('runs', 'attach', run)).code).toBe(5)
  expect(truthOf(program, run)).toEqual([])
})
