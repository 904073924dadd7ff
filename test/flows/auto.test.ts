import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program, type Started, until} from '../program/program.ts'

const BOOK = (name: string, run: string): string => `import {runbook, step} from 'opsconsole'
export default runbook({name: '${name}', summary: 'For an alert', danger: 'disruptive',
  plan: () => [step({id: 'a', title: 'Do it', run: async ({$}) => { ${run} }})]})`

interface Explained {
  readonly state: string
  readonly auto?: {readonly why: string; readonly runs: readonly string[]}
  readonly timeline: readonly {readonly what: string}[]
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
services:
  - {name: web, interval: 1s, probe: {type: command, command: [sh, -c, test -e healed || exit 2]}}
  - {name: stuck, interval: 1s, probe: {type: command, command: [sh, -c, exit 2]}}
  - {name: careless, interval: 1s, probe: {type: command, command: [sh, -c, exit 2]}}
alerts:
  failureThreshold: 1
  channels: [{name: log, type: file, path: notified.log}]
  auto:
    - {name: heals, on: [service/web], environments: [shop], runbook: {name: heals}, confirm: [shop]}
    - {name: tries, on: [service/stuck], environments: [shop], runbook: {name: tries}, confirm: [shop]}
    - {name: careless, on: [service/careless], runbook: {name: tries}, confirm: [shop]}
`,
  })
  program.runbook('heals', BOOK('heals', 'await $`echo once >> healed`'))
  program.runbook('tries', BOOK('tries', 'await $`echo once >> tried`; await $`false`'))
})
afterAll(async () => {
  for (const each of agents) each.kill('SIGKILL')
  await Promise.all(agents.map(({ended}) => ended))
  program.remove()
})

const file = (name: string): string => {
  const place = path.join(program.dir, name)
  return existsSync(place) ? readFileSync(place, 'utf8') : ''
}
const lines = (name: string): number => file(name).split('\n').filter(Boolean).length
const explained = async (id: string): Promise<Explained> =>
  JSON.parse((await program.run('alerts', 'explain', id, '--json')).stdout) as Explained

test('an alert starts its runbook once, through a kill, and resolves; one that is not helped is for a person', async () => {
  const first = agent()
  await until('the runbook', () => lines('healed') > 0, 120_000)
  first.kill('SIGKILL')
  await first.ended
  agent()
  await until(
    'the alert to resolve',
    async () => (await explained('down:service/shop/web')).state === 'resolved',
    120_000,
  )
  await until(
    'a person to be told',
    () => file('notified.log').includes('tries gave up on down:service/shop/stuck'),
    120_000,
  )

  const stuck = await until(
    'its explanation',
    async () => {
      const each = await explained('down:service/shop/stuck')
      return each.auto?.why.startsWith('gave up: ') === true && each
    },
    60_000,
  )
  expect(stuck.auto?.runs).toEqual([expect.stringMatching(/^1 of 1 tries .*: run \S+ ended (failed|undone)$/)])
  expect(stuck.timeline.map(({what}) => what)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^tries: started tries, run \S+, 1 of 1$/)]),
  )
  // Its policy does not name the protected environment.
  const careless = await explained('down:service/shop/careless')
  expect(careless.auto).toMatchObject({runs: [], why: expect.stringContaining('shop is protected') as string})

  const {stdout} = await program.run('audit', 'list', '--json')
  expect(stdout).toContain('policy heals')
  expect([lines('healed'), lines('tried')]).toEqual([1, 1])
}, 400_000)
