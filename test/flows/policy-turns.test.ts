import {existsSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'

const OPEN = 'environments: [{name: dev}]\n'
const CLOSED = `${OPEN}policy: {readOnly: true}\n`

/** The first step does what it is told with the configuration; the second must not begin then. */
const BOOK = `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'two', summary: 'Two steps', danger: 'disruptive',
  params: z.object({config: z.string(), wait: z.boolean().default(false)}),
  plan: ({params}) => [
    step({id: 'one', title: 'First',
      run: async ({$}) => {
        await $\`touch one\`
        await $\`printf %s \${params.config} > opsconsole.yaml\`
        if (params.wait) await $\`while :; do sleep 0.05; done\`
      },
      undo: async ({$}) => { await $\`touch undone\` }}),
    step({id: 'two', title: 'Second', run: async ({$}) => { await $\`touch two\` }}),
  ]})`
const ASKS = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'asks', summary: 'Asks', danger: 'disruptive', plan: () => [
  step({id: 'a', title: 'Ask first', confirm: {text: 'Go on?'}, run: async ({$}) => { await $\`touch asked\` }})]})`

let program: Program
beforeAll(() => {
  program = createProgram({config: OPEN})
  program.runbook('two', BOOK)
  program.runbook('asks', ASKS)
})
afterAll(() => program.remove())

const there = (name: string): boolean => existsSync(path.join(program.dir, name))
const configure = (text: string): void => writeFileSync(path.join(program.dir, 'opsconsole.yaml'), text)
const runTwo = (config: string, ...more: readonly string[]) =>
  program.run('run', 'two', '--yes', '--json', '-p', `config=${config}`, ...more)

beforeEach(() => configure(OPEN))

interface Refused {
  readonly phase: string
  readonly outcome?: string
  readonly step: string
  readonly reason: string
  readonly detail?: {readonly rule: string}
}

async function refusals(run: string): Promise<readonly Refused[]> {
  configure(OPEN)
  const {stdout} = await program.run('audit', 'list', '--run', run, '--json')
  const records = JSON.parse(stdout) as readonly Refused[]
  return records.filter(({phase, outcome}) => phase === 'decision' && outcome === 'refused')
}

describe('a policy that turns read-only in the middle of a run', () => {
  test('ends it as refused before its next step, and what was done is undone', async () => {
    const {code, stdout} = await runTwo(CLOSED)
    const events = eventsOf(stdout)
    expect(code).toBe(7)
    expect(events.at(-1)).toMatchObject({
      type: 'run-ended',
      outcome: 'refused',
      reason: 'Second: the policy is read-only, which forbids every change. 1 step was undone.',
    })
    expect([there('one'), there('undone'), there('two')]).toEqual([true, true, false])
    expect(await refusals(String(events[0]?.['run']))).toMatchObject([
      {step: 'two', reason: 'the policy is read-only, which forbids every change', detail: {rule: 'read-only policy'}},
    ])
  })

  test('does not keep anybody from stopping it', async () => {
    const started = program.start('run', 'two', '--yes', '--json', '-p', `config=${CLOSED}`, '-p', 'wait=true')
    const run = await until('the waiting step', () => {
      const events = eventsOf(started.output())
      return events.filter(({type}) => type === 'command-started').length === 3 && String(events[0]?.['run'])
    })
    expect((await program.run('runs', 'answer', run, 'q1', 'yes')).code).toBe(7)
    expect((await program.run('runs', 'abort', run, '--read-only')).code).toBe(7)
    expect((await program.run('runs', 'abort', run)).code).toBe(0)
    expect((await started.ended).code).toBe(5)
    expect(there('two')).toBe(false)
  })

  test('is seen while a question waits: it may be declined, not granted', async () => {
    const {stdout} = await program.run('run', 'asks', '--console', '--json', '--detach')
    const {run} = JSON.parse(stdout) as {readonly run: string}
    const prompt = await until('the question', async () => {
      const view = JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as {prompt?: {id: string}}
      return view.prompt?.id
    })
    configure(CLOSED)
    const granted = await program.run('runs', 'answer', run, prompt, 'yes')
    expect(granted).toMatchObject({code: 7, stderr: expect.stringContaining('the policy is read-only')})
    expect((await program.run('runs', 'answer', run, prompt, 'abort')).code).toBe(0)
    expect((await program.run('runs', 'attach', run)).code).toBe(5)
    expect(there('asked')).toBe(false)
  })
})

test('a configuration that cannot be read lets nothing more happen', async () => {
  const {code, stdout} = await runTwo('environments: [')
  const events = eventsOf(stdout)
  expect({code, last: events.at(-1)}).toMatchObject({
    code: 7,
    last: {outcome: 'refused', reason: expect.stringMatching(/^Second: the configuration cannot be read.*undone\.$/s)},
  })
  expect(await refusals(String(events[0]?.['run']))).toMatchObject([{step: 'two'}])
})

test('an environment that becomes protected wants its name, which was never typed', async () => {
  const {code, stdout} = await runTwo('environments: [{name: dev, protected: true}]\n')
  expect(code).toBe(7)
  expect(eventsOf(stdout).at(-1)).toMatchObject({
    outcome: 'refused',
    reason: 'Second: dev is protected and this is disruptive, so its name must be typed. 1 step was undone.',
  })
})
