import {readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program, type Started, until} from '../program/program.ts'

const BOOK = (name: string, run: string): string => `import {runbook, step, z} from 'opsconsole'
export default runbook({name: '${name}', summary: 'For a schedule', danger: 'disruptive',
  params: z.object({word: z.string().default('none')}),
  plan: ({params}) => [step({id: 'a', title: 'Do it', run: async ({$}) => { ${run} }})]})`

interface Shown {
  readonly name: string
  readonly state: string
  readonly reason: string
  readonly next: readonly {readonly at: number}[]
  readonly record?: {readonly last?: {readonly run: string}; readonly missed?: {readonly reason: string}}
}

let program: Program
const agents: Started[] = []
const agent = (): Started => {
  const started = program.start('agent', '--listen', '127.0.0.1:0')
  agents.push(started)
  return started
}
beforeAll(() => {
  program = createProgram({
    config: `project: shop
environments: [{name: shop, protected: true}]
schedules:
  - {name: often, runbook: counts, params: {word: hello}, every: 10s, confirm: [shop], reason: tidy}
  - {name: unconfirmed, runbook: counts, every: 10s, startWithin: 5s}
  - {name: failing, runbook: fails, every: 10s, confirm: [shop]}
`,
  })
  program.runbook('counts', BOOK('counts', 'await $`echo ${params.word} >> counted`'))
  program.runbook('fails', BOOK('fails', 'await $`false`'))
})
afterAll(async () => {
  for (const each of agents) each.kill('SIGKILL')
  await Promise.all(agents.map(({ended}) => ended))
  program.remove()
})

const shown = async (name: string): Promise<Shown> => {
  const {stdout} = await program.run('schedules', '--json')
  return (JSON.parse(stdout) as Shown[]).find(each => each.name === name) as Shown
}
const reasons = async (): Promise<readonly string[]> => {
  const {stdout} = await program.run('runs', 'list', '--json')
  return (JSON.parse(stdout) as {reason: string; state: string}[]).map(({reason}) => reason)
}
const counted = (): number => readFileSync(path.join(program.dir, 'counted'), 'utf8').trim().split('\n').length

test('agents start what is due, once, through a kill; what is not confirmed or fails is an alert; a pause holds', async () => {
  const first = agent()
  await until('the first run', async () => (await shown('often')).record?.last !== undefined, 90_000)
  const second = agent()
  await until('the second to wait', () => second.errors().includes('waiting: '))
  first.kill('SIGKILL')
  await first.ended
  const before = (await shown('often')).record?.last?.run
  await until(
    'a run of the second',
    async () => {
      const {record} = await shown('often')
      return record?.last !== undefined && record.last.run !== before
    },
    90_000,
  )
  expect(second.errors()).toMatch(/run \S+ of counts: schedule often/)

  const refused = await until(
    'what is not confirmed to be missed',
    async () => {
      const {record, state} = await shown('unconfirmed')
      return state === 'down' && record?.missed
    },
    90_000,
  )
  expect(refused.reason).toContain('shop')
  const failed = await until(
    'the failure',
    async () => {
      const each = await shown('failing')
      // While one of before still runs, that is why it is down.
      return each.state === 'down' && each.reason.startsWith('run ') && each
    },
    90_000,
  )
  expect(failed.reason).toMatch(/^run \S+ ended .*: (failed|undone)$/)
  await until(
    'its alert',
    async () => {
      const {stdout} = await program.run('alerts', 'list', '--json')
      return stdout.includes('down:schedule/shop/failing') || stdout.includes('down/shop/schedule/failing')
    },
    90_000,
  )

  const paused = await program.run('schedule', 'pause', 'often', '--reason', 'moving', '--for', '1h')
  expect(paused).toMatchObject({code: 0, stdout: expect.stringContaining('often is paused until')})
  const {state, next} = await shown('often')
  expect([state, next.length]).toEqual(['paused', 5])
  // What was being started when it was paused may still come; a later time does not.
  const later = (await shown('failing')).record?.last?.run
  await until('another time to pass', async () => (await shown('failing')).record?.last?.run !== later, 90_000)
  const dues = (await reasons()).filter(reason => reason.startsWith('tidy (schedule often, due '))
  const runs = counted()
  await until('one more', async () => (await shown('failing')).record?.last?.run !== later, 90_000)
  expect(counted()).toBe(runs)
  expect(new Set(dues).size).toBe(dues.length)
  expect(dues).toHaveLength(runs)

  const byHand = await program.run('schedule', 'run', 'often', '--json')
  expect(byHand.code).toBe(0)
  await until('the run by hand', () => counted() === runs + 1)
  const {stdout} = await program.run('audit', 'list', '--json')
  expect(stdout).toContain('schedule paused')
}, 300_000)
